use super::*;

fn round_trip(text: &str) -> String {
    Message::parse(text)
        .map(|message| message.display())
        .unwrap_or_else(|error| error)
}

#[test]
fn a_message_is_written_as_it_was_read() {
    for text in [
        r#"{ type: "a", requestId }"#,
        r#"{ type: "a", requestId, params: { name, limit: options?.limit, x: y || [], z: n ?? 5 } }"#,
        r#"{ ...params, type: "a", threadType: params.type, requestId }"#,
        r#"{ type: "a", ...without(params, "threadId"), mailThreadId: params.threadId, requestId }"#,
        r#"{ type: "a", id: options?.id || activeInstance(session), text: joined(a.b, [c]), requestId }"#,
        r#"{ type: "a", filter: { tags: [tag], on: true, n: null, u: undefined, "a-b": -1.5 }, requestId }"#,
    ] {
        assert_eq!(round_trip(text), text);
    }
}

#[test]
fn a_message_that_cannot_be_sent_is_refused_with_the_reason() {
    assert!(round_trip(r#"{ type: "a" }"#).contains("no `requestId`"));
    assert!(round_trip(r#"{ action: "a", requestId }"#).contains("no constant `type`"));
    assert!(round_trip(r#"{ type: "a", x: y, requestId, z }"#).contains("only constants"));
    assert!(round_trip(r#"{ type: "a", requestId, ...params }"#).contains("spread"));
    assert!(round_trip(r#"{ type: "a", x: requestId"#).contains("expected"));
    assert!(round_trip(r#"{ type: "a", requestId } x"#).contains("after the message's end"));
}

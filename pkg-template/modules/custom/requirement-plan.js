/** The custom methods of `codebolt.requirementPlan`. */

/**
 * A plan's content as it travels: text as it is, anything else as indented JSON.
 * @param {unknown} content
 */
export const asText = (content) => (typeof content === 'string' ? content : JSON.stringify(content, null, 2));

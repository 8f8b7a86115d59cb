//! Sums that are exact: numbers are added as the decimal digits that say them, and the sum is rounded
//! once, to the double next to it. So the order does not matter, and every store comes to the same digits.

use super::scalar::Number;

/// A sum. Whole numbers count as they are, others as the shortest decimal number that stands for their double.
#[derive(Debug, Clone, Default)]
pub struct Sum {
    /// What was added for each power of ten, in their order.
    parts: Vec<(i32, i128)>,
    count: u64,
}

impl Sum {
    /// Adds a number.
    pub fn add(&mut self, number: Number) {
        self.count += 1;
        match number {
            Number::Whole(whole) => self.add_part(0, i128::from(whole)),
            Number::Double(double) => {
                if let Some((digits, power)) = decimal(double) {
                    self.add_part(power, digits);
                }
            }
        }
    }

    /// Adds a number that stands as JSON text. What is none adds nothing.
    pub fn add_json(&mut self, text: &str) {
        if let Some((digits, power)) = plain(text) {
            self.count += 1;
            self.add_part(power, digits);
        } else if let Some(number) = Number::from_json(text) {
            self.add(number);
        }
    }

    fn add_part(&mut self, power: i32, digits: i128) {
        match self.parts.binary_search_by_key(&power, |(power, _)| *power) {
            Ok(at) => {
                if let Some((_, sum)) = self.parts.get_mut(at) {
                    *sum += digits;
                }
            }
            Err(at) => self.parts.insert(at, (power, digits)),
        }
    }

    /// How many numbers were added.
    #[must_use]
    pub const fn count(&self) -> u64 {
        self.count
    }

    /// The sum as the double next to it; none when nothing was added, or it is beyond what a double holds.
    #[must_use]
    pub fn total(&self) -> Option<f64> {
        if self.count == 0 {
            return None;
        }
        let (Some((lowest, _)), Some((highest, _))) = (self.parts.first(), self.parts.last())
        else {
            return None;
        };
        let (text, is_negative) = match digits(&self.parts, *lowest, *highest, 1) {
            Some(text) => (text, false),
            None => (digits(&self.parts, *lowest, *highest, -1)?, true),
        };
        let total: f64 = format!("{text}e{lowest}").parse().ok()?;
        let total = if is_negative { -total } else { total };
        total.is_finite().then_some(total)
    }
}

/// The decimal digits of all parts together, which stand for units of the lowest power; none when they are
/// together less than nothing.
fn digits(parts: &[(i32, i128)], lowest: i32, highest: i32, sign: i128) -> Option<String> {
    /// How many digits one part has at most.
    const OF_A_PART: i32 = 40;
    let mut text = Vec::new();
    let mut rest = parts.iter().peekable();
    let mut carried = 0_i128;
    for power in lowest..=highest.saturating_add(OF_A_PART) {
        if let Some((_, part)) = rest.next_if(|(next, _)| *next == power) {
            carried += sign * part;
        }
        let digit = u8::try_from(carried.rem_euclid(10)).unwrap_or(0);
        carried = carried.div_euclid(10);
        text.push(b'0' + digit);
    }
    if carried != 0 {
        return None;
    }
    text.reverse();
    String::from_utf8(text).ok()
}

/// A number of so few digits that none shorter stands for the same double, and without an exponent.
fn plain(text: &str) -> Option<(i128, i32)> {
    const MOST_DIGITS: usize = 15;
    if text.len() > MOST_DIGITS {
        return None;
    }
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (mut digits, mut power, mut is_fraction) = (0_i64, 0, false);
    // JSON has one point in a number at most.
    for byte in unsigned.bytes() {
        match byte {
            b'0'..=b'9' => {
                digits = digits * 10 + i64::from(byte - b'0');
                power -= i32::from(is_fraction);
            }
            b'.' => is_fraction = true,
            _ => return None,
        }
    }
    let digits = i128::from(digits);
    Some((
        if text.len() > unsigned.len() {
            -digits
        } else {
            digits
        },
        power,
    ))
}

/// The shortest decimal number that stands for a double: its digits, and which power of ten they count.
fn decimal(double: f64) -> Option<(i128, i32)> {
    let text = format!("{double:e}");
    let (digits, power) = text.split_once('e')?;
    let power: i32 = power.parse().ok()?;
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let digits: i128 = format!("{whole}{fraction}").parse().ok()?;
    Some((digits, power - i32::try_from(fraction.len()).ok()?))
}

#[cfg(test)]
#[allow(
    clippy::float_cmp,
    clippy::unwrap_used,
    reason = "these sums are exact; a test that cannot go on fails"
)]
mod tests {
    use super::Sum;
    use crate::query::Number;

    fn total(numbers: &[&str]) -> Option<f64> {
        let mut sum = Sum::default();
        for number in numbers {
            sum.add(Number::from_json(number).unwrap());
        }
        let mut of_texts = Sum::default();
        for number in numbers {
            of_texts.add_json(number);
        }
        assert_eq!(sum.count(), numbers.len() as u64);
        assert_eq!(
            (of_texts.count(), of_texts.total()),
            (sum.count(), sum.total())
        );
        sum.total()
    }

    #[test]
    fn a_sum_is_the_double_next_to_the_exact_one() {
        let cases: [(&[&str], Option<f64>); 14] = [
            (&[], None),
            (&["0"], Some(0.0)),
            (&["0.1", "0.2"], Some(0.3)),
            (&["0.1"; 10], Some(1.0)),
            (&["0.1", "0.2", "-0.3"], Some(0.0)),
            (&["1e300", "1", "-1e300"], Some(1.0)),
            (&["1e16", "1", "1", "-1e16"], Some(2.0)),
            (&["-5", "2.5", "-0.25"], Some(-2.75)),
            (&["5e-324", "5e-324"], Some(1e-323)),
            (&["1.7976931348623157e308", "1e308"], None),
            (
                &["1.7976931348623157e308", "1e308", "-1e308"],
                Some(f64::MAX),
            ),
            (
                &["9223372036854775807", "9223372036854775807"],
                Some(1.844_674_407_370_955_2e19),
            ),
            (
                &["-9223372036854775808", "-1"],
                Some(-9.223_372_036_854_776e18),
            ),
            (
                &["1e-7", "12345678901234567890"],
                Some(1.234_567_890_123_456_7e19),
            ),
        ];
        for (numbers, expected) in cases {
            assert_eq!(total(numbers), expected, "{numbers:?}");
        }
    }
}

import Simulation

/// An `Instant` as a database keeps it: `2026-11-21T21:02:47.000000000Z`, always as long, so that it sorts by time.
///
/// 64 bits of nanoseconds reach from 1677 to 2262, so a year has four digits.
enum InstantText {
    private static let secondsOfDay: Int64 = 86_400

    static func text(of instant: Instant) -> String {
        let (seconds, nanoseconds) = floored(instant.nanoseconds, by: 1_000_000_000)
        let (day, time) = floored(seconds, by: secondsOfDay)
        let (year, month, dayOfMonth) = date(ofDay: day)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(30)
        append(year, digits: 4, then: "-", to: &bytes)
        append(month, digits: 2, then: "-", to: &bytes)
        append(dayOfMonth, digits: 2, then: "T", to: &bytes)
        append(time / 3_600, digits: 2, then: ":", to: &bytes)
        append(time / 60 % 60, digits: 2, then: ":", to: &bytes)
        append(time % 60, digits: 2, then: ".", to: &bytes)
        append(nanoseconds, digits: 9, then: "Z", to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Nil unless the text is what `text(of:)` writes.
    static func instant(_ text: String) -> Instant? {
        let bytes = Array(text.utf8)
        guard bytes.count == 30, let year = number(bytes[0..<4]), let month = number(bytes[5..<7]),
            let dayOfMonth = number(bytes[8..<10]), let hour = number(bytes[11..<13]),
            let minute = number(bytes[14..<16]), let second = number(bytes[17..<19]),
            let nanoseconds = number(bytes[20..<29])
        else { return nil }
        let seconds = day(year, month, dayOfMonth) * secondsOfDay + hour * 3_600 + minute * 60 + second
        // The earliest second begins before the earliest nanosecond: what is added must be of the same sign.
        let (scaled, overflow) =
            seconds < 0
            ? (seconds + 1).multipliedReportingOverflow(by: 1_000_000_000)
            : seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let rest = seconds < 0 ? nanoseconds - 1_000_000_000 : nanoseconds
        let (sum, isTooFar) = scaled.addingReportingOverflow(rest)
        guard !overflow, !isTooFar else { return nil }
        let instant = Instant(nanoseconds: sum)
        // Whatever was not a date, or not punctuated like one, does not come back as it was.
        return self.text(of: instant) == text ? instant : nil
    }

    private static func floored(_ number: Int64, by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = number.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }

    private static func append(_ number: Int64, digits: Int, then mark: Unicode.Scalar, to bytes: inout [UInt8]) {
        let start = bytes.count
        var rest = number
        for _ in 0..<digits {
            bytes.append(UInt8(ascii: "0") + UInt8(rest % 10))
            rest /= 10
        }
        bytes[start...].reverse()
        bytes.append(UInt8(ascii: mark))
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int64? {
        var number: Int64 = 0
        for digit in digits {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
            number = number * 10 + Int64(digit - UInt8(ascii: "0"))
        }
        return number
    }

    // Days of the proleptic Gregorian calendar, counted from 1970-01-01. Years are taken to begin in March, so that the
    // leap day is the last; 400 years have 146,097 days.

    private static func date(ofDay day: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let (era, dayOfEra) = floored(day + 719_468, by: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let month = (5 * dayOfYear + 2) / 153
        let isNextYear = month >= 10
        return (
            yearOfEra + era * 400 + (isNextYear ? 1 : 0), isNextYear ? month - 9 : month + 3,
            dayOfYear - (153 * month + 2) / 5 + 1
        )
    }

    private static func day(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let (era, yearOfEra) = floored(month <= 2 ? year - 1 : year, by: 400)
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}

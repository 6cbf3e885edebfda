import Simulation

/// Moments as RFC 3339 writes them. The clock's beginning is written as the Unix epoch: in production it is.
extension Instant {
    /// The moment, cut to whole microseconds: what an event's timestamp can say.
    var inMicroseconds: Instant {
        let cut = nanoseconds % 1_000
        return Instant(nanoseconds: nanoseconds - (cut < 0 ? cut + 1_000 : cut))
    }

    /// How long `2025-11-11T14:00:00.000000Z` is.
    static let rfc3339Length = 27

    /// Writes `2025-11-11T14:00:00.000000Z`.
    func writeRFC3339(to bytes: UnsafeMutablePointer<UInt8>) {
        let (days, time) = Self.divided(nanoseconds, by: 86_400_000_000_000)
        let date = CivilDate(daysSinceEpoch: days)
        let microseconds = time / 1_000
        let seconds = time / 1_000_000_000
        bytes.update(from: ("0000-00-00T00:00:00.000000Z" as StaticString).utf8Start, count: Self.rfc3339Length)
        bytes.writeTwoDigits(date.year / 100, at: 0)
        bytes.writeTwoDigits(date.year, at: 2)
        bytes.writeTwoDigits(date.month, at: 5)
        bytes.writeTwoDigits(date.day, at: 8)
        bytes.writeTwoDigits(seconds / 3_600, at: 11)
        bytes.writeTwoDigits(seconds / 60 % 60, at: 14)
        bytes.writeTwoDigits(seconds % 60, at: 17)
        bytes.writeTwoDigits(microseconds / 10_000, at: 20)
        bytes.writeTwoDigits(microseconds / 100, at: 22)
        bytes.writeTwoDigits(microseconds, at: 24)
    }

    /// Nil unless the bytes are a moment that fits into 64 bits of nanoseconds. Takes any offset from UTC.
    init?(rfc3339 bytes: UnsafeBufferPointer<UInt8>) {
        guard bytes.count >= 20, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
            bytes[10] | 0x20 == UInt8(ascii: "t"), bytes[13] == UInt8(ascii: ":"), bytes[16] == UInt8(ascii: ":"),
            let year = bytes.digits(0, 4), let month = bytes.digits(5, 2), let day = bytes.digits(8, 2),
            let hour = bytes.digits(11, 2), let minute = bytes.digits(14, 2), let second = bytes.digits(17, 2),
            (1...12).contains(month), (1...CivilDate.days(in: month, of: year)).contains(day),
            hour < 24, minute < 60, second < 60
        else { return nil }
        var index = 19
        var fraction: Int64 = 0
        if bytes[index] == UInt8(ascii: ".") {
            index += 1
            var unit: Int64 = 100_000_000
            let start = index
            while index < bytes.count, let digit = bytes.digits(index, 1) {
                fraction += digit * unit
                unit /= 10
                index += 1
            }
            guard index > start else { return nil }
        }
        guard let offset = bytes.offset(at: index) else { return nil }
        let days = CivilDate(year: year, month: month, day: day).daysSinceEpoch
        let seconds = days * 86_400 + hour * 3_600 + minute * 60 + second - offset
        let (whole, tooLarge) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (nanoseconds, overflow) = whole.addingReportingOverflow(fraction)
        guard !tooLarge, !overflow else { return nil }
        self.init(nanoseconds: nanoseconds)
    }

    private static func divided(_ number: Int64, by divisor: Int64) -> (Int64, Int64) {
        let (quotient, rest) = number.quotientAndRemainder(dividingBy: divisor)
        return rest < 0 ? (quotient - 1, rest + divisor) : (quotient, rest)
    }
}

/// A day of the proleptic Gregorian calendar.
struct CivilDate: Hashable {
    var year: Int64
    var month: Int64
    var day: Int64

    init(year: Int64, month: Int64, day: Int64) {
        self.year = year
        self.month = month
        self.day = day
    }

    /// Counts in eras of 400 years that begin on a first of March, so that the leap day comes last
    /// (Howard Hinnant, *chrono-Compatible Low-Level Date Algorithms*).
    init(daysSinceEpoch: Int64) {
        let shifted = daysSinceEpoch + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// The inverse.
    var daysSinceEpoch: Int64 {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    static func days(in month: Int64, of year: Int64) -> Int64 {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}

extension UnsafeMutablePointer<UInt8> {
    /// Writes the last two digits of a number.
    fileprivate func writeTwoDigits(_ number: Int64, at index: Int) {
        let number = UInt32(truncatingIfNeeded: number % 100)
        self[index] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number / 10)
        self[index + 1] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number % 10)
    }
}

extension UnsafeBufferPointer where Element == UInt8 {
    fileprivate func digits(_ start: Int, _ count: Int) -> Int64? {
        var number: Int64 = 0
        for index in start..<start + count {
            let digit = self[index] &- UInt8(ascii: "0")
            guard digit <= 9 else { return nil }
            number = number * 10 + Int64(digit)
        }
        return number
    }

    /// The offset from UTC in seconds that ends the text: `Z`, `+02:00`.
    fileprivate func offset(at index: Int) -> Int64? {
        guard index < count else { return nil }
        switch self[index] {
        case UInt8(ascii: "Z"), UInt8(ascii: "z"):
            return index + 1 == count ? 0 : nil
        case UInt8(ascii: "+"), UInt8(ascii: "-"):
            guard index + 6 == count, self[index + 3] == UInt8(ascii: ":"), let hours = digits(index + 1, 2),
                let minutes = digits(index + 4, 2), hours < 24, minutes < 60
            else { return nil }
            let seconds = hours * 3_600 + minutes * 60
            return self[index] == UInt8(ascii: "-") ? -seconds : seconds
        default:
            return nil
        }
    }
}

/// Words of a command line that can be pasted into a shell.
public enum ShellWord {
    /// The word itself where a POSIX shell takes it literally, else in single quotes.
    public static func quoted(_ word: String) -> String {
        let isPlain = word.unicodeScalars.allSatisfy { scalar in
            scalar.isASCII
                && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
                    || "-_./:=,@%+".unicodeScalars.contains(scalar))
        }
        guard word.isEmpty || !isPlain else { return word }
        return "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }
}

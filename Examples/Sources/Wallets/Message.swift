import Kafka
import Services

/// Money on its way from a wallet to another: `T-00017 N-3 S-5 250`.
struct Transfer: Equatable {
    let id, from, to: Identifier
    let amount: Int64

    /// The bank that keeps a wallet, by the first letter of its name.
    static func bank(of wallet: Identifier) -> String { wallet[0] == UInt8(ascii: "N") ? "north" : "south" }
}

extension Transfer {
    init?(words: some Collection<Substring>) {
        let words = Array(words)
        guard words.count == 4, let id = Identifier(String(words[0])), let from = Identifier(String(words[1])),
            let to = Identifier(String(words[2])), let amount = Int64(words[3]), amount > 0
        else { return nil }
        self.init(id: id, from: from, to: to, amount: amount)
    }

    init?(text: [UInt8]) { self.init(words: String(decoding: text, as: UTF8.self).split(separator: " ")) }

    var text: String { "\(id) \(from) \(to) \(amount)" }
}

/// What banks say to each other.
struct Message {
    enum Kind: String { case credit, credited, refused }

    let id: UniqueID
    let kind: Kind
    let transfer: Transfer

    init(id: UniqueID, _ kind: Kind, _ transfer: Transfer) {
        (self.id, self.kind, self.transfer) = (id, kind, transfer)
    }

    /// Reads a record; what cannot be read is poison.
    init(_ record: Record) throws {
        let words = String(decoding: record.value ?? [], as: UTF8.self).split(separator: " ")
        guard let id = record.header("id").flatMap({ UniqueID(uuid: $0) }),
            let kind = words.first.flatMap({ Kind(rawValue: String($0)) }),
            let transfer = Transfer(words: words.dropFirst())
        else { throw Poison("NoMessage", "This is no message of a bank.") }
        self.init(id: id, kind, transfer)
    }

    /// Keyed by the transfer. Reports call records by the header `ce_type`.
    var record: Record {
        Record(
            key: transfer.id.bytes, value: Array("\(kind.rawValue) \(transfer.text)".utf8),
            headers: [Header("id", id.description), Header("ce_type", kind.rawValue)])
    }
}

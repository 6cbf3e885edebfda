/// The files of `Assets`, which are part of the program.
enum PageAssets {
    static var report: String { text(PackageResources.report_html) }
    static var index: String { text(PackageResources.index_html) }
    static var style: String { text(PackageResources.page_css) }
    /// In the order in which they need each other.
    static var script: String {
        [
            PackageResources.world_js, PackageResources.scale_js, PackageResources.picture_js,
            PackageResources.state_js,
            PackageResources.page_js,
        ].map(text).joined(separator: "\n")
    }

    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    /// A template with each `{{name}}` replaced; what is put in is not looked at again.
    static func filled(_ template: String, with parts: [(name: String, text: String)]) -> String {
        var result = ""
        var rest = template[...]
        while let open = rest.firstRange(of: "{{"), let close = rest[open.upperBound...].firstRange(of: "}}") {
            let name = rest[open.upperBound..<close.lowerBound]
            guard let part = parts.first(where: { $0.name == name }) else {
                preconditionFailure("the template asks for '\(name)'")
            }
            result += rest[..<open.lowerBound] + part.text
            rest = rest[close.upperBound...]
        }
        return result + rest
    }
}

extension PropertyTable {
    /// What a real network asks for and a simulated one has no use for: no simulated client is encrypted, proves who it
    /// is, or opens a socket. Virtual clients accept these, and they change nothing there.
    static let realClusters: [PropertyDefinition] =
        ([watching, sockets, metadata, encryption, authentication].flatMap { $0 })
        .map { $0.forRealClustersOnly() }

    private static let watching: [PropertyDefinition] = [
        .init(
            "statistics.interval.ms", .both, .integer(0...86_400_000, default: 0),
            "How often the client counts what it does, in whole seconds; 0 never.")
    ]

    private static let sockets: [PropertyDefinition] = [
        .init(
            "socket.keepalive.enable", .both, .boolean(default: false),
            "Find out about dead connections that nothing is sent on (SO_KEEPALIVE)."),
        .init(
            "socket.nagle.disable", .both, .boolean(default: false), "Send small packets at once (TCP_NODELAY)."),
        .init(
            "socket.connection.setup.timeout.ms", .both, .integer(1_000...2_147_483_647, default: 30_000),
            "How long a connection may take to be set up, encryption and authentication included."),
        .init(
            "connections.max.idle.ms", .both, .integer(0...2_147_483_647, default: 0),
            "Close a connection that nothing was sent on for so long; 0 never."),
        .init(
            "broker.address.family", .both, .choice(["any", "v4", "v6"], default: "any"),
            "Which kind of IP addresses of a broker to use."),
        .init(
            "broker.address.ttl", .both, .integer(0...86_400_000, default: 1_000),
            "How many milliseconds a broker's looked up address is used."),
        .init(
            "client.rack", .both, .text(default: ""),
            "Where the client stands, so that it may read from a replica nearby (KIP-392)."),
    ]

    private static let metadata: [PropertyDefinition] = [
        .init(
            "metadata.max.age.ms", .both, .integer(1...86_400_000, default: 900_000),
            "How long metadata is believed."),
        .init(
            "topic.metadata.refresh.fast.interval.ms", .both, .integer(1...60_000, default: 250),
            "How soon metadata is asked for again when a topic has lost a leader; doubled each time."),
        .init(
            "fetch.error.backoff.ms", .consumer, .integer(0...300_000, default: 500),
            "The pause before a partition is fetched again after an error."),
        .init(
            "check.crcs", .consumer, .boolean(default: false), "Verify the checksums of what is read."),
    ]

    private static let encryption: [PropertyDefinition] = [
        .init(
            "security.protocol", .both,
            .choice(["plaintext", "ssl", "sasl_plaintext", "sasl_ssl"], default: "plaintext"),
            "How to talk to brokers: encrypted, with a proof of who the client is, both, or neither."),
        .init("ssl.ca.location", .both, .text(default: ""), "File or folder of the authorities to believe."),
        .init("ssl.ca.pem", .both, .text(default: ""), "The authorities to believe, in PEM."),
        .init("ssl.crl.location", .both, .text(default: ""), "File of certificates that were revoked."),
        .init("ssl.certificate.location", .both, .text(default: ""), "File of the client's own certificate, in PEM."),
        .init("ssl.certificate.pem", .both, .text(default: ""), "The client's own certificate, in PEM."),
        .init("ssl.key.location", .both, .text(default: ""), "File of the client's private key, in PEM."),
        .init("ssl.key.pem", .both, .text(default: ""), "The client's private key, in PEM.").secret(),
        .init("ssl.key.password", .both, .text(default: ""), "The private key's passphrase.").secret(),
        .init("ssl.keystore.location", .both, .text(default: ""), "File of key and certificate, in PKCS #12."),
        .init("ssl.keystore.password", .both, .text(default: ""), "The keystore's password.").secret(),
        .init("ssl.cipher.suites", .both, .text(default: ""), "Which ciphers to use."),
        .init(
            "enable.ssl.certificate.verification", .both, .boolean(default: true),
            "Verify that an authority vouches for the broker."),
        .init(
            "ssl.endpoint.identification.algorithm", .both, .choice(["none", "https"], default: "https"),
            "Verify that a broker's certificate names the host that was called."),
    ]

    private static let authentication: [PropertyDefinition] = [
        .init(
            "sasl.mechanisms", aliases: ["sasl.mechanism"], .both, .text(default: "GSSAPI"),
            "How the client proves who it is: GSSAPI, PLAIN, SCRAM-SHA-256, SCRAM-SHA-512 or OAUTHBEARER."),
        .init("sasl.username", .both, .text(default: ""), "The name for PLAIN and SCRAM."),
        .init("sasl.password", .both, .text(default: ""), "The password for PLAIN and SCRAM.").secret(),
        .init(
            "sasl.kerberos.service.name", .both, .text(default: "kafka"), "The name under which Kafka runs in Kerberos."
        ),
        .init(
            "sasl.kerberos.principal", .both, .text(default: "kafkaclient"), "The client's own name in Kerberos."),
        .init("sasl.kerberos.keytab", .both, .text(default: ""), "File of the client's keys in Kerberos."),
        .init("sasl.oauthbearer.config", .both, .text(default: ""), "What tokens are made of.").secret(),
        .init(
            "enable.sasl.oauthbearer.unsecure.jwt", .both, .boolean(default: false),
            "Sign tokens with nothing: for tests."),
    ]
}

// Flags over environment over file over defaults; mistakes of all sources together; secrets.
import DaemonKit
import Testing

@Suite struct ConfigLoaderTests {
    private let table = OptionTable(
        program: "tool", summary: "Does things.",
        options: [
            ConfigOption(
                key: "help", flag: "help", environment: nil, isInFile: false, kind: .toggle,
                standard: "false", help: "Help."),
            ConfigOption(
                key: "file", flag: "config", environment: "T_CONFIG", isInFile: false, kind: .text,
                standard: "", unit: "FILE", help: "File."),
            ConfigOption(
                key: "size", flag: "size", environment: "T_SIZE", kind: .integer(1...100),
                standard: "10", unit: "MS", help: "Size."),
            ConfigOption(
                key: "deep.rate", flag: "rate", environment: "T_RATE", kind: .number(0...1),
                standard: "0.5", help: "Rate."),
            ConfigOption(
                key: "url", flag: "url", environment: "T_URL", kind: .text,
                standard: "db://me:pw@host/x", help: "Where.", secrecy: .url),
            ConfigOption(
                key: "key", flag: "key", environment: "T_KEY", kind: .text, standard: "",
                help: "Key.", secrecy: .secret),
        ])

    private func load(
        _ arguments: [String], _ environment: [String: String] = [:], file: String? = nil
    ) throws -> LoadedConfig {
        var arguments = arguments
        if let file {
            let path = "/tmp/config-loader-test-\(UInt64.random(in: 0...UInt64.max)).json5"
            try TextFile.write(file, to: path)
            arguments += ["--config", path]
        }
        return ConfigLoader.load(
            table: table, arguments: arguments, environment: environment, fileKey: "file")
    }

    @Test func laterSourcesGiveWay() throws {
        let file = "{ size: 3, deep: { rate: 0.1 } }"
        #expect(try load([], [:]).config.integer("size") == 10)
        #expect(try load([], [:], file: file).config.integer("size") == 3)
        #expect(try load([], ["T_SIZE": "4"], file: file).config.integer("size") == 4)
        let all = try load(["--size", "5"], ["T_SIZE": "4"], file: file)
        #expect(all.config.integer("size") == 5)
        #expect(all.config.number("deep.rate") == 0.1)
        #expect(all.config.origin("size") == .flag("size"))
        #expect(all.problems.isEmpty && all.usageProblems.isEmpty)
    }

    @Test func bothWaysOfGivingAFlagValueWork() throws {
        #expect(try load(["--size=7"]).config.integer("size") == 7)
        #expect(try load(["--key", "--odd"]).config.text("key") == "--odd")
        #expect(try load(["--help"]).config.isOn("help"))
    }

    @Test func mistakesOfFlagsAreToldApart() throws {
        let loaded = try load(["--sise", "3", "--size", "x", "--rate=2", "plain", "--url"])
        #expect(
            loaded.usageProblems.map(\.description) == [
                "command line: --sise: unknown option; did you mean 'size'?",
                "command line: 3: is no option; options start with --",
                "command line: --size: is 'x', must be a whole number",
                "command line: --rate: is 2.0, must be 0.0 to 1.0",
                "command line: plain: is no option; options start with --",
                "command line: --url: needs a value",
            ])
        #expect(loaded.problems.isEmpty)
    }

    @Test func aFlagGivenTwiceIsAMistake() throws {
        let loaded = try load(["--size", "3", "--size", "4"])
        #expect(loaded.usageProblems.map(\.path) == ["--size"])
    }

    @Test func mistakesOfEnvironmentAndFileComeTogether() throws {
        let loaded = try load(
            [], ["T_SIZE": "1000"], file: "{ sice: 1, deep: { rate: 'x', more: 1 }, url: 5 }")
        #expect(
            loaded.problems.map { "\($0.path): \($0.why)" } == [
                "T_SIZE: is 1000, must be 1 to 100",
                "sice: unknown field; did you mean 'size'?",
                "url: must be a text, is a whole number",
                "deep.more: unknown field",
                "deep.rate: must be a number, is a text",
            ])
    }

    @Test func reportHidesSecretsAndNamesOrigins() throws {
        let loaded = try load(["--key", "hush"], ["T_URL": "db://bob:tell@h1/x,db://h2"])
        let text = ConfigReport.lines(loaded.config).joined(separator: "\n")
        #expect(text.contains("key = ***  (flag --key)"))
        #expect(text.contains("url = db://bob:***@h1/x,db://h2  (env T_URL)"))
        #expect(text.contains("size = 10  (default)"))
        #expect(!text.contains("hush") && !text.contains("tell"))
    }

    @Test func helpIsMadeFromTheTable() {
        let text = table.helpText
        #expect(text.contains("usage: tool [options]"))
        #expect(text.contains("--size MS"))
        #expect(text.contains("[1 to 100; default 10; env T_SIZE; file size]"))
        #expect(!text.contains("me:pw@"))
    }

    @Test func aSecretNeverPrintsItself() {
        let secret = Secret("hush")
        #expect("\(secret)" == "***")
        #expect(String(reflecting: secret) == "***")
        #expect("\([secret])" == "[***]")
        var dumped = ""
        dump(secret, to: &dumped)
        #expect(!dumped.contains("hush"))
        #expect(secret.revealed == "hush")
    }

    @Test(arguments: [
        ("nats://token@h:4222", "nats://***@h:4222"),
        ("nats://u:p@h:1,nats://h2", "nats://u:***@h:1,nats://h2"),
        ("redis://:p%40w@h/0", "redis://:***@h/0"),
        ("host:4222", "host:4222"),
        ("http://h/a@b", "http://h/a@b"),
    ])
    func passwordsInURLsAreHidden(_ url: String, _ shown: String) {
        #expect(Redaction.url(url) == shown)
    }
}

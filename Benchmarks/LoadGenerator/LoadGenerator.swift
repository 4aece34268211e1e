// Entry of loadgen: which command, its options, its exit code. Everything happens in `run`, outside
// any actor's isolation, so that no closure made below carries an isolation check.
import DaemonKit
import Glibc

@main
enum LoadGenerator {
    static func main() {
        exit(run(arguments: Array(CommandLine.arguments.dropFirst())).rawValue)
    }

    static let helpText = """
        usage: loadgen COMMAND [options]

        Feeds a running matchmakerd over NATS, and shows what comes of it.

        Commands:
          demo     a population that comes, queues, plays and comes back, shown live
          send     one ticket by hand, and its answer
          watch    what the matchmaker tells the lobbies, as sentences or JSON

        `loadgen COMMAND --help` lists a command's options.

        Exit codes: 0 done; 1 no match (send: no answer); 64 wrong command line;
        69 broker or streams not there; 78 wrong workload file.
        """

    nonisolated static func run(arguments: [String]) -> ExitCode {
        guard let command = arguments.first else {
            Terminal.complain(helpText)
            return .usage
        }
        let rest = Array(arguments.dropFirst())
        let environment = ProcessEnvironment.variables()
        switch command {
        case "demo": return DemoCommand.run(arguments: rest, environment: environment)
        case "send": return SendCommand.run(arguments: rest, environment: environment)
        case "watch": return WatchCommand.run(arguments: rest, environment: environment)
        case "help", "--help", "-h":
            Terminal.line(helpText)
            return .success
        default:
            let hint = NearestName.hint(command, among: ["demo", "send", "watch"])
            Terminal.complain("loadgen: unknown command '\(command)'\(hint)")
            Terminal.complain("see loadgen --help")
            return .usage
        }
    }
}

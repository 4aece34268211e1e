// Entry of worldd: settings, signals, parts, run, drain, stop. Everything happens in `run`, outside
// any actor's isolation, so that no closure made below carries an isolation check.
import DaemonKit
import Glibc

@main
enum Worldd {
    static func main() {
        exit(run(arguments: Array(CommandLine.arguments.dropFirst())).rawValue)
    }

    /// The whole life of the process.
    nonisolated static func run(arguments: [String]) -> ExitCode {
        // Before any thread is started, so that all inherit the mask.
        Signals.block()
        let request: WorldRequest
        do throws(WorldRefusal) {
            request = try WorldConfig.conclude(
                arguments: arguments, environment: ProcessEnvironment.variables())
        } catch {
            for problem in error.problems { complain(problem.description) }
            if error.exitCode == .usage { complain("see worldd --help") }
            return error.exitCode
        }
        switch request {
        case .help(let text):
            print(text)
            return .success
        case .check(let report):
            print("ok")
            for line in report { print(line) }
            return .success
        case .run(let config, let report):
            return run(config, report: report)
        }
    }

    private static func run(_ config: WorldConfig, report: [String]) -> ExitCode {
        let log = Log(component: "worldd", sink: LogSink(minimum: config.logLevel))
        for line in report { log.info("setting", ["value": line]) }
        let wiring = Wiring(config, log: log)
        var daemon = wiring.daemon()
        do throws(StartFailure) {
            try daemon.start()
        } catch {
            if error.exitCode != .success { log.error("cannot start", ["why": error.reason]) }
            return error.exitCode
        }
        daemon.waitForStop(reload: { log.info("nothing to reload: SIGHUP is ignored") })
        wiring.drain()
        log.info("stopping")
        daemon.stop()
        log.info("stopped")
        return .success
    }

    /// A line for people on standard error, before there is a log.
    private static func complain(_ text: String) {
        let line = Array("worldd: \(text)\n".utf8)
        _ = write(STDERR_FILENO, line, line.count)
    }
}

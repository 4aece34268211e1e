// Owns an agent's thread: starts it, calls `step` until told to stop, idles between, joins.
// The agent belongs to that thread from `start` to the end of `stop`; nobody else may touch it.
import CPlatform
import Glibc
import Synchronization

/// Runs one agent on one thread of its own.
package final class AgentRunner: @unchecked Sendable {
    // SAFETY: `agent` is handed over in init and used by the agent's thread alone; `thread` is
    // written by start and read by stop, which one owner calls in this order; the rest is atomic
    // or immutable.
    package let name: String
    package let dutyCycle = DutyCycle()
    private let agent: any Agent
    private let idleStrategy: IdleStrategy
    private let stopRequested = Atomic<Bool>(false)
    private var thread: pthread_t?

    package init(name: String, idle: IdleStrategy, agent: sending any Agent) {
        precondition(!name.isEmpty)
        self.name = name
        self.agent = agent
        idleStrategy = idle
    }

    /// Starts the thread.
    /// - Throws: `SystemError` if the system refuses another thread.
    package func start() throws(SystemError) {
        precondition(thread == nil)
        var created = pthread_t()
        let context = Unmanaged.passRetained(self).toOpaque()
        let code = pthread_create(&created, nil, agentThreadMain, context)
        guard code == 0 else {
            Unmanaged<AgentRunner>.fromOpaque(context).release()
            throw SystemError(operation: "pthread_create \(name)", code: code)
        }
        thread = created
    }

    /// Asks the thread to end and waits until it has; a second call does nothing.
    package func stop() {
        // Release/acquire with the load in `run`: what the owner did before is seen by `finish`.
        stopRequested.store(true, ordering: .releasing)
        guard let running = thread else { return }
        pthread_join(running, nil)
        thread = nil
    }

    /// The thread's body.
    fileprivate func run() {
        platform_set_thread_name(name)
        var idler = Idler(idleStrategy)
        var now = MonotonicClock.nowNanoseconds()
        while !stopRequested.load(ordering: .acquiring) {
            let workCount = agent.step(nowNanoseconds: now)
            let after = MonotonicClock.nowNanoseconds()
            dutyCycle.record(workCount: workCount, nanoseconds: after - now)
            now = after
            if workCount > 0 {
                idler.reset()
            } else {
                idler.idle()
                now = MonotonicClock.nowNanoseconds()
            }
        }
        agent.finish()
    }
}

/// Entry of every agent's thread; formed at file scope, so without any actor's isolation.
private let agentThreadMain: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? =
    { context in
        guard let context else { return nil }
        Unmanaged<AgentRunner>.fromOpaque(context).takeRetainedValue().run()
        return nil
    }

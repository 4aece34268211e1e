// The order of a tick's phases, on one screen.

extension Matchmaker {
    /// Commands first, so that a cancel in this tick prevents a match in this tick; then what time
    /// has brought; then matches round everything that changed.
    mutating func runPhases(
        _ commands: UnsafeBufferPointer<Command>, _ outbox: inout OutcomeProducer
    ) {
        anchors.clear()
        drainCommands(commands, &outbox)
        wakeDue(&outbox)
        indexNewcomers()
        settleProposals(&outbox)
        fillRunningMatches(&outbox)
        sweepFullBuckets(&outbox)
        formRoundAnchors(&outbox)
    }
}

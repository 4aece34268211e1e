// The scale of waits: every wait has one step, and steps grow with the wait.
import Testing

@testable import matchmakerd

@Suite struct WaitScaleTests {
    @Test func everyWaitLiesWithinItsStep() {
        for ticks in Array(0..<5_000) + [65_535, 65_536, 458_751, 458_752] {
            let step = WaitScale.step(of: Int32(ticks))
            #expect(WaitScale.start(of: step) <= ticks)
            if step + 1 < WaitScale.stepCount {
                #expect(WaitScale.start(of: step + 1) > ticks)
            }
        }
    }

    @Test func stepsRiseAndAreAtMostAQuarterOfTheWait() {
        for step in 4..<(WaitScale.stepCount - 1) {
            let (start, end) = (WaitScale.start(of: step), WaitScale.start(of: step + 1))
            #expect(end > start && (end - start) * 4 <= start)
        }
    }

    @Test func theEndsOfTheScaleHold() {
        #expect(WaitScale.step(of: -5) == 0)
        #expect(WaitScale.step(of: .max) == WaitScale.stepCount - 1)
    }
}

// Names by their bytes: every name is found at its place, nothing else is found.
import Testing

@testable import QueueFile

@Suite struct NameIndexTests {
    private func place(_ name: String, _ index: NameIndex) -> Int? {
        var name = name
        return name.withUTF8 { index.place(of: UnsafeRawBufferPointer($0)) }
    }

    @Test func everyNameIsFoundAtItsPlace() {
        let names = (0..<5_000).map { "queue-\($0)" }
        let index = NameIndex(names)
        for (place, name) in names.enumerated() { #expect(self.place(name, index) == place) }
        #expect(place("queue-5000", index) == nil)
        #expect(place("queue-", index) == nil)
        #expect(place("", index) == nil)
    }

    @Test func anEmptyListFindsNothing() {
        #expect(place("a", NameIndex([])) == nil)
        #expect(place("", NameIndex([])) == nil)
        #expect(place("a", NameIndex(["a"])) == 0)
    }
}

// Standard output: a picture that is drawn over itself on a terminal, lines elsewhere.
import Glibc

/// Draws on standard output.
struct Terminal {
    /// True when standard output shows escape sequences.
    static func isInteractive(environment: [String: String]) -> Bool {
        isatty(STDOUT_FILENO) == 1 && environment["TERM"] != nil && environment["TERM"] != "dumb"
    }

    private let isPainted: Bool
    private var hasDrawn = false

    init(isPainted: Bool) { self.isPainted = isPainted }

    /// Draws the picture over the one before.
    mutating func draw(_ lines: [(style: LineStyle, text: String)]) {
        precondition(isPainted)
        // Before the first picture: clear, hide the cursor, cut long lines instead of wrapping.
        var text = hasDrawn ? "\u{1B}[H" : "\u{1B}[2J\u{1B}[H\u{1B}[?25l\u{1B}[?7l"
        hasDrawn = true
        text += lines.map { Self.styled($0.text, $0.style) + "\u{1B}[K" }.joined(separator: "\n")
        // Without a line end after the last line: on a full screen that would scroll.
        Self.write(text + "\u{1B}[J")
    }

    /// Gives the terminal back as it was, the last picture still on it.
    mutating func finish() {
        if hasDrawn { Self.write("\u{1B}[?7h\u{1B}[?25h\u{1B}[0m\n") }
        hasDrawn = false
    }

    static func line(_ text: String) { write(text + "\n") }

    /// A line on standard error.
    static func complain(_ text: String) { write(text + "\n", to: STDERR_FILENO) }

    private static func styled(_ text: String, _ style: LineStyle) -> String {
        switch style {
        case .plain: text
        case .title: "\u{1B}[1;36m\(text)\u{1B}[0m"
        case .heading, .sum: "\u{1B}[1m\(text)\u{1B}[0m"
        case .faint: "\u{1B}[2m\(text)\u{1B}[0m"
        }
    }

    private static func write(_ text: String, to descriptor: Int32 = STDOUT_FILENO) {
        let bytes = Array(text.utf8)
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress.map { $0 + sent }, bytes.count - sent)
            }
            // Nobody reads any more: there is nothing left to show it to.
            if count < 0 && errno != EINTR { return }
            sent += max(0, count)
        }
    }
}

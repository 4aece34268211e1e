// What one round of outcomes amounts to: what has to be committed first, and what may be told as it
// is.

/// Decisions of the core on their way out.
struct Decisions {
    var groups: [FormedGroup] = []
    var rest = Announcement()
}

// The settings in force as text: printed at start so that a log tells what ran. Secrets are
// stars, passwords in URLs too.

/// Shows an effective configuration.
package enum ConfigReport {
    /// One line a setting: `key = value  (origin)`, in the table's order.
    package static func lines(_ config: EffectiveConfig) -> [String] {
        config.table.options.filter(\.isInFile).map { option in
            let value = option.shown(config.text(option.key))
            return "\(option.key) = \(value)  (\(config.origin(option.key)))"
        }
    }
}

// How a fighter is doing.

/// Health and return of one fighter.
struct Vitals: Equatable {
    /// 0...healthMax; 0 exactly while the fighter lies.
    var health: Int32
    /// The tick at whose start the fighter stands up again; meaningless while it stands.
    var returnsAt: Int32 = 0

    var stands: Bool { health > 0 }
}

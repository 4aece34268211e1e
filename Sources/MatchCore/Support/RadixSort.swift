// Sorts the tick's anchors by a 64-bit key. Stable, no allocation, cost linear in the number of
// rows: a byte at a time from the lowest, passing over bytes in which all rows agree.

/// Sorts `rows` by the sorted part of `order`, using `scratch` of at least the same size.
func radixSort(
    _ rows: UnsafeMutableBufferPointer<AnchorRow>,
    scratch: UnsafeMutableBufferPointer<AnchorRow>,
    histogram: FixedArray<Int32>
) {
    precondition(scratch.count >= rows.count && histogram.count >= 256)
    if rows.count < 2 { return }
    let first = rows[0].order
    var differing: UInt64 = 0
    for row in rows { differing |= row.order ^ first }
    var source = rows
    var target = UnsafeMutableBufferPointer(rebasing: scratch[0..<rows.count])
    for shift in stride(from: AnchorRow.ratingShift, to: 64, by: 8)
    where (differing >> shift) & 255 != 0 {
        scatter(source, target, shift, histogram)
        swap(&source, &target)
    }
    guard let sorted = source.baseAddress, let wanted = rows.baseAddress else { return }
    if sorted != wanted { wanted.update(from: sorted, count: rows.count) }
}

private func scatter(
    _ source: UnsafeMutableBufferPointer<AnchorRow>,
    _ target: UnsafeMutableBufferPointer<AnchorRow>,
    _ shift: UInt64, _ histogram: FixedArray<Int32>
) {
    for digit in 0..<256 { histogram[digit] = 0 }
    for row in source { histogram[Int((row.order >> shift) & 255)] &+= 1 }
    var start: Int32 = 0
    for digit in 0..<256 {
        let count = histogram[digit]
        histogram[digit] = start
        start += count
    }
    for row in source {
        let digit = Int((row.order >> shift) & 255)
        target[Int(histogram[digit])] = row
        histogram[digit] &+= 1
    }
}

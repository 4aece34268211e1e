// One way in and out for code that serves both forms.

extension ContentType {
    package func encode(_ message: IntakeMessage) -> [UInt8] {
        self == .json ? JSONCodec.encode(message) : ProtobufCodec.encode(message)
    }

    package func encode(_ message: EventMessage) -> [UInt8] {
        self == .json ? JSONCodec.encode(message) : ProtobufCodec.encode(message)
    }

    package func encode(_ message: AllocationMessage) -> [UInt8] {
        self == .json ? JSONCodec.encode(message) : ProtobufCodec.encode(message)
    }

    package func decodeIntake(
        _ bytes: UnsafeRawBufferPointer
    ) throws(WireError) -> IntakeMessage {
        switch self {
        case .json: try JSONCodec.decodeIntake(bytes)
        case .protobuf: try ProtobufCodec.decodeIntake(bytes)
        }
    }

    package func decodeEvent(_ bytes: UnsafeRawBufferPointer) throws(WireError) -> EventMessage {
        switch self {
        case .json: try JSONCodec.decodeEvent(bytes)
        case .protobuf: try ProtobufCodec.decodeEvent(bytes)
        }
    }

    package func decodeAllocation(
        _ bytes: UnsafeRawBufferPointer
    ) throws(WireError) -> AllocationMessage {
        switch self {
        case .json: try JSONCodec.decodeAllocation(bytes)
        case .protobuf: try ProtobufCodec.decodeAllocation(bytes)
        }
    }
}

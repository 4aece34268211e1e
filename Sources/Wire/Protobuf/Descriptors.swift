// The generated descriptors of the envelopes, reached through generated `init` functions:
// a C constant's own address cannot be taken in Swift without copying it.

import CWire

/// The messages that travel by themselves.
enum Envelope {
    case intake, event, allocation, explain, explanation, estimate, estimation

    /// The generated description of the message; constant for the life of the process.
    var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        switch self {
        case .intake:
            var message = Muster__V1__Intake()
            muster__v1__intake__init(&message)
            return message.base.descriptor
        case .event:
            var message = Muster__V1__Event()
            muster__v1__event__init(&message)
            return message.base.descriptor
        case .allocation:
            var message = Muster__V1__Allocation()
            muster__v1__allocation__init(&message)
            return message.base.descriptor
        case .explain:
            var message = Muster__V1__Explain()
            muster__v1__explain__init(&message)
            return message.base.descriptor
        case .explanation:
            var message = Muster__V1__Explanation()
            muster__v1__explanation__init(&message)
            return message.base.descriptor
        case .estimate:
            var message = Muster__V1__Estimate()
            muster__v1__estimate__init(&message)
            return message.base.descriptor
        case .estimation:
            var message = Muster__V1__Estimation()
            muster__v1__estimation__init(&message)
            return message.base.descriptor
        }
    }

    /// Bytes of the message in either form, at most.
    var byteCountMax: Int {
        switch self {
        case .intake, .explain, .estimate: WireLimits.intakeByteCountMax
        case .event, .allocation, .explanation, .estimation: WireLimits.outputByteCountMax
        }
    }
}

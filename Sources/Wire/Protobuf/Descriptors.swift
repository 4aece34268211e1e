// The generated descriptors of the envelopes, reached through generated `init` functions:
// a C constant's own address cannot be taken in Swift without copying it.

import CWire

/// The messages that travel by themselves.
enum Envelope {
    case intake, event, allocation, explain, explanation, estimate, estimation
    case heartbeat, claim, claimReply, release, releaseReply, report

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
        case .heartbeat:
            var message = Muster__V1__ServerHeartbeat()
            muster__v1__server_heartbeat__init(&message)
            return message.base.descriptor
        case .claim:
            var message = Muster__V1__Claim()
            muster__v1__claim__init(&message)
            return message.base.descriptor
        case .claimReply:
            var message = Muster__V1__ClaimReply()
            muster__v1__claim_reply__init(&message)
            return message.base.descriptor
        case .release:
            var message = Muster__V1__Release()
            muster__v1__release__init(&message)
            return message.base.descriptor
        case .releaseReply:
            var message = Muster__V1__ReleaseReply()
            muster__v1__release_reply__init(&message)
            return message.base.descriptor
        case .report:
            var message = Muster__V1__ServerReport()
            muster__v1__server_report__init(&message)
            return message.base.descriptor
        }
    }

    /// Bytes of the message in either form, at most.
    var byteCountMax: Int {
        switch self {
        case .intake, .explain, .estimate, .release: WireLimits.intakeByteCountMax
        case .event, .allocation, .explanation, .estimation, .heartbeat, .claim, .claimReply,
            .releaseReply, .report:
            WireLimits.outputByteCountMax
        }
    }
}

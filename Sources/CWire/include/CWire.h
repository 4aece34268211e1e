// The C structures and descriptors that protoc-c writes from proto/; see scripts/generate-proto.
#ifndef CWIRE_H
#define CWIRE_H

#include "muster/v1/allocation.pb-c.h"
#include "muster/v1/event.pb-c.h"
#include "muster/v1/intake.pb-c.h"
#include "muster/v1/match.pb-c.h"
#include "muster/v1/rpc.pb-c.h"
#include "muster/v1/server.pb-c.h"

#endif

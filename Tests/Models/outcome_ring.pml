/* OutcomeRing (Sources/MatchCore/Rings/OutcomeRing.swift): the tick thread asks for room, stages
   records and publishes all of a tick at once; one consumer takes what is published, at most two at
   a time, in order. Four cells, ten records in groups of one to three. The producer knows head only
   as it last saw it.

   Holds: records come unchanged, in order, each once; a group is visible whole or not at all; a
   record that is not read is never overwritten; everybody comes to an end.

   Canaries:
   NO_ROOM_CHECK      the producer writes without asking
   PUBLISH_EACH       every record shows when it is written
   EARLY_HEAD         the consumer gives room back before it has read
   TRUSTS_TAIL        the producer takes what it has published for what has been read */

#define CAPACITY 4
#define MASK 3
#define RECORDS 10

byte head = 0, tail = 0;
byte cells[CAPACITY];
/* Where the group ends that record n belongs to: groups 1, 3, 2, 3, 1. */
byte groupEnd[RECORDS];

proctype Producer() {
    byte staged = 0, headSeen = 0, count;
    do
    :: staged < RECORDS ->
        count = groupEnd[staged] - staged;
#ifndef NO_ROOM_CHECK
        if
        :: staged + count - headSeen <= CAPACITY
        :: else ->
#ifdef TRUSTS_TAIL
            headSeen = tail
#else
            headSeen = head;
            if
            :: staged + count - headSeen <= CAPACITY
            /* No room: no outcomes are made until the consumer has gone on. */
            :: else ->
                staged + count - head <= CAPACITY;
                headSeen = head
            fi
#endif
        fi;
#endif
        do
        :: count > 0 ->
            cells[staged & MASK] = staged + 1;
            staged++;
            count--;
#ifdef PUBLISH_EACH
            tail = staged
#endif
        :: else -> break
        od;
        tail = staged
    :: else -> break
    od
}

proctype Consumer() {
    byte position, end, offset, count;
    do
    :: head < RECORDS ->
        position = head;
        tail > position;
        end = tail;
        /* Only whole groups show. */
        assert(groupEnd[end - 1] == end);
        count = end - position;
        if
        :: count > 2 -> count = 2
        :: else
        fi;
#ifdef EARLY_HEAD
        head = position + count;
#endif
        offset = 0;
        do
        :: offset < count ->
            assert(cells[(position + offset) & MASK] == position + offset + 1);
            offset++
        :: else -> break
        od;
#ifndef EARLY_HEAD
        head = position + count
#endif
    :: else -> break
    od
}

init {
    atomic {
        groupEnd[0] = 1;
        groupEnd[1] = 4; groupEnd[2] = 4; groupEnd[3] = 4;
        groupEnd[4] = 6; groupEnd[5] = 6;
        groupEnd[6] = 9; groupEnd[7] = 9; groupEnd[8] = 9;
        groupEnd[9] = 10;
        run Producer(); run Consumer()
    }
}

/* IngestRing (Sources/MatchCore/Rings/IngestRing.swift): two producers claim cells by compare and
   swap and publish each by its sequence number, a party's first cell last; one consumer takes whole
   parties. Four cells, eight commands in parties of one and two: the ring wraps and runs full and
   empty. A producer that is refused tries again, so that every command must arrive.

   Spin interleaves single steps in one order for all: memory orders weaker than that are the
   business of the stress test under the thread sanitizer.

   Holds: a party arrives whole, without others between, unchanged, in its producer's order, once;
   and everybody comes to an end with all commands taken.

   Canaries (each must give a counter-example):
   FIRST_CELL_FIRST  the party's first cell is published first
   NO_ROOM_CHECK     a producer does not look at head
   NO_CLAIM          tail is read and written without compare and swap
   EARLY_HEAD        the consumer gives the room back before it has copied */

#define CAPACITY 4
#define MASK 3
#define PARTIES 3
#define COMMANDS 8

/* A command: 16 * producer + 4 * party + cell. */
#define COMMAND(producer, party, cell) (16 * (producer) + 4 * (party) + (cell) + 1)
/* The parties of a producer have one, two and one cells. */
#define SIZE(party) (((party) & 1) + 1)

byte head = 0, tail = 0;
byte cells[CAPACITY];
byte sequences[CAPACITY];
byte nextParty[2];

proctype Producer(byte id) {
    byte party = 0, seen, top, offset;
    do
    :: party < PARTIES ->
claim:
        top = tail;
retry:
        seen = head;
#ifndef NO_ROOM_CHECK
        if
        /* Full: refused. Trying again at once would only add steps in which nothing changes. */
        :: top + SIZE(party) - seen > CAPACITY -> head != seen; goto claim
        :: else
        fi;
#endif
#ifdef NO_CLAIM
        tail = top + SIZE(party);
#else
        atomic {
            if
            :: tail == top -> tail = top + SIZE(party)
            :: else -> top = tail; goto retry
            fi
        }
#endif
#ifdef FIRST_CELL_FIRST
        offset = 0;
        do
        :: offset < SIZE(party) ->
            cells[(top + offset) & MASK] = COMMAND(id, party, offset);
            sequences[(top + offset) & MASK] = top + offset + 1;
            offset++
        :: else -> break
        od;
#else
        offset = SIZE(party);
        do
        :: offset > 0 ->
            offset--;
            cells[(top + offset) & MASK] = COMMAND(id, party, offset);
            sequences[(top + offset) & MASK] = top + offset + 1
        :: else -> break
        od;
#endif
        party++
    :: else -> break
    od
}

proctype Consumer() {
    byte position = 0, offset, size, cell, id, party;
    do
    /* Takes the next party if its first cell is published; the others must be there already. */
    :: sequences[position & MASK] == position + 1 ->
#ifdef EARLY_HEAD
        cell = cells[position & MASK];
        head = position + SIZE(((cell - 1) / 4) % 4);
#endif
        cell = cells[position & MASK];
        id = (cell - 1) / 16;
        party = ((cell - 1) / 4) % 4;
        size = SIZE(party);
        assert(cell == COMMAND(id, nextParty[id], 0));
        offset = 1;
        do
        :: offset < size ->
            assert(sequences[(position + offset) & MASK] == position + offset + 1);
            cell = cells[(position + offset) & MASK];
            assert(cell == COMMAND(id, party, offset));
            offset++
        :: else -> break
        od;
        nextParty[id]++;
        position = position + size
    /* Gives the room back, after any number of parties. */
    :: head != position -> head = position
    :: position == COMMANDS && head == position -> break
    od;
    assert(nextParty[0] == PARTIES && nextParty[1] == PARTIES)
}

init {
    atomic { run Producer(0); run Producer(1); run Consumer() }
}

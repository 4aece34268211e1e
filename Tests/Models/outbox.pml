/* The outbox: rows that are committed with their matches, a relay that publishes each right after
   its commit, and a sweeper that takes those still unsent. Three rows; their ids are drawn before
   they commit, in any order, and one of the transactions may be rolled back. The relay, the sweeper
   and the broker's answer may fail: a publisher dies between any two steps (its row lock goes with
   it) and a message may be stored without its acknowledgement coming back. At most two failures.

   Holds: a row that is marked as sent is in the stream; nothing is in the stream that was not
   committed; when all has come to rest every committed row is in the stream and marked; a row is
   with one publisher at a time.

   Canaries:
   MARK_FIRST             a row is marked before it is published
   MARK_WITHOUT_ANSWER    a row is marked though no acknowledgement came
   POLL_BY_ID             the sweeper remembers the highest id instead of asking for unsent rows
   NO_SWEEPER             there is only the relay
   PUBLISH_BEFORE_COMMIT  the relay publishes when the row is written, not when it is committed
   NO_ROW_LOCK            publishers do not skip rows that another one holds */

#define ROWS 3
#define FAILURES_MAX 2

bool isWritten[ROWS];
bool isCommitted[ROWS];
bool isSettled[ROWS];   /* committed or rolled back */
bool isSent[ROWS];
bool isStored[ROWS];
bool isLocked[ROWS];
byte holders[ROWS];
byte failures = 0;

#define ALL_SETTLED (isSettled[0] && isSettled[1] && isSettled[2])
#define IS_DONE(row) (!isCommitted[row] || isSent[row])
#define ALL_SENT (IS_DONE(0) && IS_DONE(1) && IS_DONE(2))
#define SENT_UNSTORED(row) (isSent[row] && !isStored[row])

/* Takes the row if it is free, publishes, waits for the answer, marks; may die on the way. */
inline relay(row, isAlive) {
    isAcknowledged = false;
    atomic {
        if
#ifdef NO_ROW_LOCK
        :: !isSent[row] -> isHeld = true; holders[row]++
#else
        :: !isSent[row] && !isLocked[row] -> isLocked[row] = true; isHeld = true; holders[row]++
#endif
        :: else -> isHeld = false
        fi;
        assert(holders[row] <= 1)
    };
    if
    :: isHeld ->
#ifdef MARK_FIRST
        isSent[row] = true;
#endif
        if
        :: failures < FAILURES_MAX -> failures++; isAlive = false
        :: isAlive
        fi;
        if
        :: isAlive ->
            isStored[row] = true;
#ifndef PUBLISH_BEFORE_COMMIT
            assert(isCommitted[row]);
#endif
            if
            /* Dies with the message stored and nothing marked. */
            :: failures < FAILURES_MAX -> failures++; isAlive = false
            /* Stored, but the answer is lost: not marked, published again later. */
            :: failures < FAILURES_MAX -> failures++
            :: isAcknowledged = true
            fi
        /* Dies before anything is sent, or the broker does not take it. */
        :: else
        fi;
#ifndef MARK_FIRST
        if
#ifdef MARK_WITHOUT_ANSWER
        :: isSent[row] = true
#else
        :: isAcknowledged && isAlive -> isSent[row] = true
        :: else
#endif
        fi;
#endif
        atomic { isLocked[row] = false; isHeld = false; holders[row]-- }
    :: else
    fi
}

/* One transaction for each row, and the relay that follows it. */
proctype Committer(byte row) {
    bool isHeld, isAcknowledged, isAlive = true;
    isWritten[row] = true;
#ifdef PUBLISH_BEFORE_COMMIT
    relay(row, isAlive);
#endif
    if
    :: atomic { isCommitted[row] = true; isSettled[row] = true }
    :: row == 1 -> isSettled[row] = true
    fi;
#ifndef PUBLISH_BEFORE_COMMIT
    if
    :: isCommitted[row] -> relay(row, isAlive)
    :: else
    fi
#endif
}

/* Restarted for ever when it dies. */
proctype Sweeper() {
    bool isHeld, isAcknowledged, isAlive;
    byte row, last = 0;
    do
    :: isAlive = true;
        if
#ifdef POLL_BY_ID
        /* Everything committed above the last id that was seen. */
        :: last <= 0 && isCommitted[0] -> row = 0; relay(row, isAlive); last = 1
        :: last <= 1 && isCommitted[1] -> row = 1; relay(row, isAlive); last = 2
        :: last <= 2 && isCommitted[2] -> row = 2; relay(row, isAlive); last = 3
        :: ALL_SETTLED && (last == 3 || (last == 2 && !isCommitted[2])) -> break
#else
        :: isCommitted[0] && !isSent[0] && !isLocked[0] -> row = 0; relay(row, isAlive)
        :: isCommitted[1] && !isSent[1] && !isLocked[1] -> row = 1; relay(row, isAlive)
        :: isCommitted[2] && !isSent[2] && !isLocked[2] -> row = 2; relay(row, isAlive)
        :: ALL_SETTLED && ALL_SENT -> break
#endif
        fi
    od
}

/* Looks at all rows at once, at every moment. */
proctype Watch() {
end:
    do
    :: atomic { SENT_UNSTORED(0) || SENT_UNSTORED(1) || SENT_UNSTORED(2) -> assert(false) }
    od
}

init {
    byte row;
    atomic {
        run Watch();
        run Committer(0); run Committer(1); run Committer(2);
#ifndef NO_SWEEPER
        run Sweeper()
#endif
    };
    _nr_pr == 2;
    row = 0;
    do
    :: row < ROWS ->
        assert(isStored[row] == isCommitted[row]);
        assert(isSent[row] == isCommitted[row]);
        row++
    :: else -> break
    od
}

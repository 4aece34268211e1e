/* Ownership of a shard by lease and epoch in PostgreSQL, and the commit of a tick under it. Two
   matchmakers take over from each other as leases run out, two or three times, at any moment (a
   frozen process is one that makes no step). The owner commits a match of one ticket; a session of
   the database runs the transaction, and the owner may give up waiting at any moment: then the
   outcome is unknown while the transaction may still be under way. A match is named by the epoch
   that formed it. Beside them another shard commits a match with the same player.

   Transaction: check the epoch and lock the owner's row for share; if the match is there, say so;
   else insert match, player and outbox row, all or nothing, unless the player is taken; commit and
   unlock.
   Owner: takes over only when no transaction holds the row; reads what is committed after it has
   the epoch; repeats a commit with unknown outcome under the same name; believes "not committed"
   only of a refusal, or of a look after it was told FENCED. Frames carry the epoch, readers drop
   lower ones; an owner checks before each that its own clock has not passed the lease.

   Holds: a player is in one match at most; nobody commits under an old epoch; each match has one
   outbox row; an owner's belief about its match is true and stays true; what an owner emits without
   being frozen in between is of the newest epoch; readers take no frame older than one they took.

   Also: TAKEOVERS_MAX=3 ATTEMPTS=1

   Canaries:
   NO_FENCE               the transaction does not check the epoch
   NO_LOCK                it checks, and does not hold the row until it commits
   NO_UNIQUE              it looks for the player first and inserts without a unique key
   NO_IDEMPOTENCE         it takes its own match for another one
   LOOK_INSTEAD_OF_REPEAT the owner looks after an unknown outcome, and believes what it sees
   NEW_NAME_ON_REPEAT     the owner forms another match after an unknown outcome
   NO_HISTORY             a new owner does not read what is committed
   NO_SELF_FENCE          an owner does not look at its own clock
   READER_TAKES_ALL       readers do not compare epochs */

#ifndef TAKEOVERS_MAX
#define TAKEOVERS_MAX 2
#endif
/* How often an owner sends its commit. */
#ifndef ATTEMPTS
#define ATTEMPTS 2
#endif
#define OTHER_SHARD 9

mtype = { UNKNOWN, COMMITTED, FENCED, CLASH };

/* The database. */
byte epoch = 0;
bool leaseLives = false;
byte rowLocks = 0;
byte playerIn = 0;      /* name of the match that has the player */
byte outboxRows = 0;
byte commits = 0;

/* An owner's own clock says that its lease is nearly over; by the epoch of the lease. */
bool isPastLease[6];
/* What is believed of the match of an epoch. */
mtype belief[6];
/* Answers of sessions, by epoch and attempt. */
mtype answers[12];
byte frameTaken = 0;

/* The visible effect of a commit; all in one step. */
inline insert(name) {
    commits++;
    playerIn = name;
    if
    :: name != OTHER_SHARD ->
        outboxRows++;
        assert(belief[name] == UNKNOWN)
    :: else
    fi;
    assert(commits == 1)
}

proctype Session(byte name, mine, slot) {
    mtype result = UNKNOWN;
    atomic {
        if
#ifndef NO_FENCE
        :: mine != epoch -> result = FENCED
#endif
        :: else ->
#ifndef NO_LOCK
            rowLocks++
#else
            skip
#endif
        fi
    };
#ifdef NO_UNIQUE
    if
    :: result == UNKNOWN && playerIn != 0 && playerIn != name -> result = CLASH
    :: else
    fi;
#endif
    /* Commit: all rows show and the lock goes, in one step. */
    atomic {
        if
        :: result == FENCED
        :: else ->
            if
#ifndef NO_IDEMPOTENCE
            :: playerIn == name -> result = COMMITTED
#endif
#ifdef NO_UNIQUE
            :: result == CLASH
            :: playerIn != name && result == UNKNOWN ->
                insert(name); assert(mine == epoch); result = COMMITTED
#else
#ifdef NO_IDEMPOTENCE
            :: playerIn != 0 -> result = CLASH
#else
            :: playerIn != 0 && playerIn != name -> result = CLASH
#endif
            :: playerIn == 0 -> insert(name); assert(mine == epoch); result = COMMITTED
#endif
            fi;
#ifndef NO_LOCK
            rowLocks--
#endif
        fi
    };
    answers[slot] = result
}

/* A frame is checked and sent; between the two the owner may be frozen for any time. */
inline emit(mine) {
    if
#ifdef NO_SELF_FENCE
    :: atomic { true -> assert(mine == epoch) }
#else
    :: atomic { !isPastLease[mine] -> assert(mine == epoch) };
#endif
        /* Here it may be frozen. */
        atomic {
            if
#ifdef READER_TAKES_ALL
            :: assert(mine >= frameTaken); frameTaken = mine
#else
            :: mine >= frameTaken -> frameTaken = mine
            :: else
#endif
            fi
        }
#ifndef NO_SELF_FENCE
    :: isPastLease[mine]
#endif
    fi
}

proctype Owner() {
    byte mine, name, attempt;
    do
    :: atomic {
            !leaseLives && rowLocks == 0 && epoch < TAKEOVERS_MAX ->
            epoch++;
            leaseLives = true;
            mine = epoch;
            isPastLease[mine] = false;
            belief[mine] = UNKNOWN;
            name = mine;
            attempt = 0
        };
#ifndef NO_HISTORY
        /* Matched by an earlier owner: nothing to do but to tell it. */
        if
        :: playerIn != 0 && playerIn != OTHER_SHARD -> emit(mine); goto done
        :: else
        fi;
#endif
        do
        :: attempt < ATTEMPTS ->
            run Session(name, mine, mine * ATTEMPTS + attempt);
            if
            :: answers[mine * ATTEMPTS + attempt] == COMMITTED ->
                atomic { belief[mine] = COMMITTED; assert(playerIn == mine) };
                break
            :: answers[mine * ATTEMPTS + attempt] == CLASH ->
                /* Another match has the player: ours, or one of this shard, it must not be. */
                atomic { belief[mine] = CLASH; assert(playerIn == OTHER_SHARD) };
                break
            :: answers[mine * ATTEMPTS + attempt] == FENCED ->
                /* Whatever of ours was under way has ended before the epoch could rise. */
                atomic {
                    if
                    :: playerIn == mine -> belief[mine] = COMMITTED
                    :: else -> belief[mine] = FENCED
                    fi
                };
                break
            /* The answer does not come, or not in time. */
            :: true ->
#ifdef LOOK_INSTEAD_OF_REPEAT
                atomic {
                    if
                    :: playerIn == mine -> belief[mine] = COMMITTED
                    :: else -> belief[mine] = FENCED
                    fi
                };
                break
#endif
#ifdef NEW_NAME_ON_REPEAT
                name = mine + 4;
#endif
                attempt++
            fi
        :: else -> break
        od;
        emit(mine);
done:
        atomic { mine = 0; name = 0; attempt = 0 }
    :: epoch == TAKEOVERS_MAX -> break
    od
}

/* The owner's clock reaches its limit before the database's clock ends the lease. */
proctype Time() {
    do
    :: leaseLives -> isPastLease[epoch] = true; leaseLives = false
    :: epoch == TAKEOVERS_MAX -> break
    od
}

proctype OtherShard() {
#ifdef NO_UNIQUE
    if
    :: playerIn != 0 -> goto done
    :: else
    fi;
    insert(OTHER_SHARD)
#else
    atomic {
        if
        :: playerIn != 0
        :: else -> insert(OTHER_SHARD)
        /* It has no such match. */
        :: true
        fi
    };
#endif
done:
    skip
}

init {
    atomic { run Owner(); run Owner(); run Time(); run OtherShard() };
    _nr_pr == 1;
    assert(commits <= 1);
    assert(outboxRows == (playerIn != 0 && playerIn != OTHER_SHARD))
}

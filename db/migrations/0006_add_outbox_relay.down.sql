drop function mm.outbox_state();
drop function mm.outbox_resend(bigint);
drop function mm.outbox_sent(text[]);
drop function mm.outbox_take(int, int, int);

-- Forgetting what nobody asks for any more, a bounded number of rows at a time.

-- Deletes matches that are over and older than p_match_age, with their tickets, and messages that
-- were sent more than p_outbox_age ago; of each at most p_limit. How many: call again while either
-- reaches the limit. Results stay: they are history.
--
-- A ticket must be remembered for as long as its message lies in the intake stream (two hours by
-- default), or a new owner would take an ended ticket for a waiting one (P1, P2). Hence the least
-- age, which no caller can undercut by mistake; with a longer stream, choose a longer age.
create function mm.purge(p_match_age interval, p_outbox_age interval, p_limit int)
returns table (matches bigint, messages bigint)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
begin
    if p_match_age is null or p_match_age < interval '3 hours' then
        raise exception 'MALFORMED: matches are kept for at least 3 hours' using errcode = 'MM003';
    end if;
    with old as (
        select match_id from mm.match as m
        where created_at < now() - p_match_age and state in ('ended', 'failed', 'closed')
            -- Of those who joined while it ran the youngest counts.
            and not exists (
                select from mm.match_ticket as t
                where t.ticket_id = any (m.tickets) and t.committed_at >= now() - p_match_age)
        limit p_limit for update skip locked),
    gone as (
        delete from mm.match as m using old where m.match_id = old.match_id
        returning m.match_id, m.tickets),
    tickets as (
        delete from mm.match_ticket as t
        using (select unnest(tickets) as ticket_id, match_id from gone) as g
        where t.ticket_id = g.ticket_id and t.match_id = g.match_id)
    select count(*) into matches from gone;

    with old as (
        select msg_id from mm.outbox
        where sent_at < now() - p_outbox_age
        limit p_limit for update skip locked),
    gone as (
        delete from mm.outbox as o using old where o.msg_id = old.msg_id
        returning o.msg_id)
    select count(*) into messages from gone;
    return next;
end $$;

grant execute on function mm.purge(interval, interval, int) to mm;

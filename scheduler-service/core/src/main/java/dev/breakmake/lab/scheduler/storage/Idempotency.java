package dev.breakmake.lab.scheduler.storage;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import dev.breakmake.lab.scheduler.domain.Caller;
import dev.breakmake.lab.scheduler.domain.Digests;
import dev.breakmake.lab.scheduler.domain.LabException;
import dev.breakmake.lab.scheduler.domain.Reason;
import java.security.MessageDigest;
import java.sql.SQLException;
import java.util.UUID;

/** Requests with a request_id happen once within 24 hours, however often they arrive. */
public final class Idempotency {

    private Idempotency() {}

    /** What a request does when it comes for the first time. */
    @FunctionalInterface
    public interface Effect<R> {
        R run() throws SQLException;
    }

    /**
     * Runs {@code effect} unless the same request was answered before; then gives that answer. The answer is part of the effect's transaction, and a twin
     * that arrives meanwhile waits for its end. Another body under the same id is IDEMPOTENCY_MISMATCH.
     */
    public static <R extends Message> R once(
            Tx tx, Caller caller, String method, String requestId, Message request, Parser<R> parser, Effect<R> effect)
            throws SQLException {
        if (requestId.isEmpty()) {
            return effect.run();
        }
        UUID id = parse(requestId);
        byte[] body = Digests.sha256(request.toByteArray());
        tx.update(
                "delete from idempotency where actor = ? and method = ? and request_id = ? and expire_time < @now",
                caller.name(),
                method,
                id);
        int inserted = tx.update("""
                insert into idempotency (actor, method, request_id, body_sha256, response, expire_time)
                values (?, ?, ?, ?, '', @now + interval '24 hours') on conflict do nothing""", caller.name(), method, id, body);
        if (inserted == 0) {
            return earlier(tx, caller, method, id, body, parser);
        }
        R response = effect.run();
        tx.update(
                "update idempotency set response = ? where actor = ? and method = ? and request_id = ?",
                response.toByteArray(),
                caller.name(),
                method,
                id);
        return response;
    }

    private static <R extends Message> R earlier(
            Tx tx, Caller caller, String method, UUID id, byte[] body, Parser<R> parser) throws SQLException {
        record Answer(byte[] body, byte[] response) {}
        Answer answer = tx.one(
                "request " + id,
                "select body_sha256, response from idempotency where actor = ? and method = ? and request_id = ?",
                row -> new Answer(row.getBytes(1), row.getBytes(2)),
                caller.name(),
                method,
                id);
        if (!MessageDigest.isEqual(answer.body(), body)) {
            throw new LabException(
                    Reason.IDEMPOTENCY_MISMATCH,
                    "request_id " + id + " was used for another request within the last 24 hours");
        }
        try {
            return parser.parseFrom(answer.response());
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("stored answer of " + method + " is damaged", e);
        }
    }

    private static UUID parse(String requestId) {
        try {
            UUID id = UUID.fromString(requestId);
            if (id.toString().equalsIgnoreCase(requestId)) {
                return id;
            }
        } catch (IllegalArgumentException e) {
            throw LabException.invalid("requestId", "is no UUID");
        }
        throw LabException.invalid("requestId", "is no UUID");
    }
}

package dev.breakmake.lab.scheduler.domain;

import dev.breakmake.lab.scheduler.storage.Tx;
import java.sql.SQLException;

/** Told of the end of a run within the transaction that ends it; told again if it is looked at again, so it must not count. */
@FunctionalInterface
public interface RunEnds {

    /** The run with that key has ended. */
    void ended(Tx tx, long run) throws SQLException;
}

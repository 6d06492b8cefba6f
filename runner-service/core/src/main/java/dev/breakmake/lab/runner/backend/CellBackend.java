package dev.breakmake.lab.runner.backend;

import dev.breakmake.lab.runner.domain.AttemptFault;
import dev.breakmake.lab.v1.Backend;
import dev.breakmake.translation.finding.SymbolSource;
import java.io.IOException;

/** Executes cells. */
public interface CellBackend {

    /** Which backend of the contract this is. */
    Backend kind();

    /** Version for reports, e.g. {@code engine 0.1} or {@code qemu 7.2.22}. */
    String version();

    /**
     * Names of a cell's code: at its linked addresses, and where it runs before its MMU is on. What {@link #run} answers with its end; whoever reads the
     * trace of the cell later asks here.
     */
    SymbolSource symbols(CellWork work) throws AttemptFault, IOException;

    /**
     * Boots a cell on the calling thread.
     *
     * @throws AttemptFault if no statement about the target is possible
     * @throws StoppedException if the observer asked to stop
     * @throws IOException if the spool or the backend's process fails
     */
    CellEnd run(CellWork work, CellObserver observer) throws AttemptFault, IOException, InterruptedException;
}

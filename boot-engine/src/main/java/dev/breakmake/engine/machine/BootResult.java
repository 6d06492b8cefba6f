package dev.breakmake.engine.machine;

import dev.breakmake.translation.OutcomeKind;
import dev.breakmake.translation.event.WalkStep;
import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * How a boot ended and where.
 *
 * @param kind outcome
 * @param message one sentence for a person
 * @param pe PE the outcome belongs to
 * @param pc its program counter
 * @param symbol name of that place, or null if unknown
 * @param registers registers of that PE by Arm ARM name: X0 to X30, SP, PC, NZCV, DAIF, CURRENTEL and the fault registers
 * @param walks walks of PC, SP and FAR in the PE's current regime, by these names; empty with the MMU off
 * @param console everything the guest printed
 * @param lastLines last console lines, oldest first
 * @param instructions instructions executed per PE
 * @param virtualNanoseconds virtual time at the end
 */
public record BootResult(
        OutcomeKind kind,
        String message,
        int pe,
        long pc,
        @Nullable String symbol,
        SortedMap<String, Long> registers,
        SortedMap<String, List<WalkStep>> walks,
        String console,
        List<String> lastLines,
        List<Long> instructions,
        long virtualNanoseconds) {

    public BootResult {
        lastLines = List.copyOf(lastLines);
        instructions = List.copyOf(instructions);
    }

    /** Instructions of all PEs together. */
    public long totalInstructions() {
        return instructions.stream().mapToLong(Long::longValue).sum();
    }
}

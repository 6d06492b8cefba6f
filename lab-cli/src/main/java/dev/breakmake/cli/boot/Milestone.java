package dev.breakmake.cli.boot;

import org.jspecify.annotations.Nullable;

/**
 * A moment in the life of a PE's translation system that a reader of a report looks for.
 *
 * @param step step in which it happened
 * @param pe the PE
 * @param instructions instructions that PE had completed
 * @param pc the instruction, as the PE fetched it
 * @param symbol its symbol with offset, or null
 * @param kind what happened
 * @param text details, e.g. the register and its value
 */
public record Milestone(
        long step,
        int pe,
        long instructions,
        long pc,
        @Nullable String symbol,
        Kind kind,
        String text) {

    /** The same at that symbol. */
    Milestone at(String name) {
        return new Milestone(step, pe, instructions, pc, name, kind, text);
    }

    /** What happened. */
    public enum Kind {
        PE_RESET("reset"),
        PE_ON("PE on"),
        PE_OFF("PE off"),
        MMU_ON("MMU on"),
        MMU_OFF("MMU off"),
        CACHES_ON("caches on"),
        CACHES_OFF("caches off"),
        ROOT("root"),
        IDENTITY_ENTERED("enters identity map"),
        IDENTITY_LEFT("leaves identity map"),
        GUEST_ENTERED("enters guest"),
        ABORT("abort"),
        PHASE("phase");

        private final String words;

        Kind(String words) {
            this.words = words;
        }

        /** The kind in words. */
        public String words() {
            return words;
        }
    }
}

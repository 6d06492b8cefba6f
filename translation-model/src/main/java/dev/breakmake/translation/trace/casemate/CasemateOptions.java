package dev.breakmake.translation.trace.casemate;

/**
 * How to import.
 *
 * @param judgeSetup judge the set-up too: take sizes in control registers as they are and TLBs as unknown at the start. By default
 *     the trace is taken to start mid-life: clean TLBs and caches, addresses up to 52 bits, a first enable of each regime on each
 *     PE that needs nothing before it.
 */
public record CasemateOptions(boolean judgeSetup) {
    /** The default: the set-up is not judged. */
    public static final CasemateOptions DEFAULT = new CasemateOptions(false);
}

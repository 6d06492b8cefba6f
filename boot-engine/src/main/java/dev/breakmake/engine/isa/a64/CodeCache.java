package dev.breakmake.engine.isa.a64;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** Decoded pages by content, shared by all machines of the process. Bounded: it forgets everything when it grows too large. */
public final class CodeCache {

    private static final int LIMIT = 8192;

    private final Translation translation;

    private final ConcurrentMap<Integer, List<CodePage>> pages = new ConcurrentHashMap<>();

    /** An empty cache. */
    public CodeCache(final Translation translation) {
        this.translation = translation;
    }

    /** When code of this cache is translated. */
    Translation translation() {
        return translation;
    }

    /** The decoded form of a page with these contents. */
    CodePage page(final long[] contents) {
        final int hash = Arrays.hashCode(contents);
        for (final CodePage page : pages.getOrDefault(hash, List.of())) {
            if (page.holds(contents)) {
                return page;
            }
        }
        if (pages.size() > LIMIT) {
            pages.clear();
        }
        final CodePage fresh = new CodePage(contents.clone());
        final List<CodePage> all = pages.merge(hash, List.of(fresh), CodeCache::join);
        for (final CodePage page : all) {
            if (page.holds(contents)) {
                return page;
            }
        }
        return fresh;
    }

    private static List<CodePage> join(final List<CodePage> before, final List<CodePage> more) {
        final CodePage[] joined = Arrays.copyOf(before.toArray(new CodePage[0]), before.size() + 1);
        joined[before.size()] = more.getFirst();
        return List.of(joined);
    }
}

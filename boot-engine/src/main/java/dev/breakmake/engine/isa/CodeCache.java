package dev.breakmake.engine.isa;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Decoded pages by content, shared by all machines of the process. Bounded: it forgets everything when it grows too large. */
public final class CodeCache {

    private static final int LIMIT = 8192;

    private final Translation translation;

    private final ConcurrentMap<Integer, List<SharedCode>> pages = new ConcurrentHashMap<>();

    /** An empty cache. */
    public CodeCache(final Translation translation) {
        this.translation = translation;
    }

    /** When code of this cache is translated. */
    public Translation translation() {
        return translation;
    }

    /**
     * The decoded form of a page with these contents.
     *
     * @param kind the instruction set's class for code; two instruction sets read the same words differently
     * @param maker makes it from its contents when nobody had it yet
     */
    public <C extends SharedCode> C page(final Class<C> kind, final long[] contents, final Function<long[], C> maker) {
        final int hash = hash(contents);
        final C known = find(pages.getOrDefault(hash, List.of()), kind, contents);
        if (known != null) {
            known.age(translation.enough(true));
            return known;
        }
        if (pages.size() > LIMIT) {
            pages.clear();
        }
        final C fresh = maker.apply(contents.clone());
        fresh.setEnough(translation.enough(false));
        final List<SharedCode> all = pages.merge(hash, List.of(fresh), CodeCache::join);
        if (all.size() == 1) {
            return fresh;
        }
        final C first = find(all, kind, contents);
        return first == null ? fresh : first;
    }

    /** Of every sixteenth word: pages that agree in those are few, and a page is hashed whenever code on it is executed after a change. */
    private static int hash(final long[] contents) {
        int hash = 0;
        for (int i = 0; i < contents.length; i += 16) {
            hash = hash * 31 + Long.hashCode(contents[i]);
        }
        return hash;
    }

    private static <C extends SharedCode> @Nullable C find(
            final List<SharedCode> pages, final Class<C> kind, final long[] contents) {
        for (final SharedCode page : pages) {
            if (kind.isInstance(page) && page.holds(contents)) {
                return kind.cast(page);
            }
        }
        return null;
    }

    private static List<SharedCode> join(final List<SharedCode> before, final List<SharedCode> more) {
        final SharedCode[] joined = Arrays.copyOf(before.toArray(new SharedCode[0]), before.size() + 1);
        joined[before.size()] = more.getFirst();
        return List.of(joined);
    }
}

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
        final int hash = Arrays.hashCode(contents);
        final C known = find(pages.getOrDefault(hash, List.of()), kind, contents);
        if (known != null) {
            known.age();
            return known;
        }
        if (pages.size() > LIMIT) {
            pages.clear();
        }
        final C fresh = maker.apply(contents.clone());
        final List<SharedCode> all = pages.merge(hash, List.of(fresh), CodeCache::join);
        final C first = find(all, kind, contents);
        return first == null ? fresh : first;
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

package dev.breakmake.translation.tlb;

/** When a PE last executed what orders, completes and synchronises; times as the checker's clock counts them, 0 for never. */
public final class PeTimeline {
    private long storeBarrierLocal;
    private long storeBarrierShared;
    private long fullBarrierLocal;
    private long fullBarrierShared;
    private long synchronizedAt;
    private long barrierBeforeSync;
    private long fullBarrierBeforeSync;
    private long orderedAt;

    void barrier(long time, boolean shared, boolean storesOnly) {
        storeBarrierLocal = time;
        orderedAt = time;
        if (shared) {
            storeBarrierShared = time;
        }
        if (!storesOnly) {
            fullBarrierLocal = time;
            if (shared) {
                fullBarrierShared = time;
            }
        }
    }

    void order(long time) {
        orderedAt = time;
    }

    void synchronize(long time) {
        synchronizedAt = time;
        barrierBeforeSync = storeBarrierLocal;
        fullBarrierBeforeSync = fullBarrierLocal;
    }

    void reset(long time) {
        storeBarrierLocal = time;
        storeBarrierShared = time;
        fullBarrierLocal = time;
        fullBarrierShared = time;
        synchronizedAt = time;
        barrierBeforeSync = time;
        fullBarrierBeforeSync = time;
        orderedAt = time;
    }

    /** Last DSB that completes stores, of any domain. */
    public long storeBarrier() {
        return storeBarrierLocal;
    }

    /** Last DSB that completes stores for the Inner Shareable domain. */
    public long storeBarrierShared() {
        return storeBarrierShared;
    }

    /** Last DSB that completes loads, stores and maintenance, of any domain. */
    public long fullBarrier() {
        return fullBarrierLocal;
    }

    /** Last DSB that completes loads, stores and maintenance for the Inner Shareable domain. */
    public long fullBarrierShared() {
        return fullBarrierShared;
    }

    /** Last barrier, DMB included, that orders stores before stores. */
    public long orderedAt() {
        return orderedAt;
    }

    /** Last context synchronisation. */
    public long synchronizedAt() {
        return synchronizedAt;
    }

    /** Last DSB that completes stores before the last context synchronisation. */
    public long barrierBeforeSync() {
        return barrierBeforeSync;
    }

    /** Last DSB that completes loads, stores and maintenance before the last context synchronisation. */
    public long fullBarrierBeforeSync() {
        return fullBarrierBeforeSync;
    }
}

package dev.breakmake.translation.event;

import java.util.List;

/**
 * An exception was taken.
 *
 * @param target level it was taken to
 * @param syndrome ESR_ELx or HSR/DFSR/IFSR value
 * @param faultAddress FAR_ELx, HDFAR, HIFAR, DFAR or IFAR; 0 if the exception has none
 * @param faultIpa HPFAR address as an IPA; 0 if none
 * @param vector offset of the vector taken, in bytes
 * @param walk the walk of the fault address at that moment, level by level; empty if none
 */
public record ExceptionTaken(
        long sequence,
        int pe,
        long instructions,
        long pc,
        ExceptionLevel el,
        ExceptionLevel target,
        long syndrome,
        long faultAddress,
        long faultIpa,
        int vector,
        List<WalkStep> walk)
        implements TranslationEvent {}

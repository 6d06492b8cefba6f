package dev.breakmake.translation.event;

/**
 * A TLB invalidate instruction. It is complete only after a DSB of the issuing PE.
 *
 * @param operand the raw register operand (Xt or Rt); 0 for operations without one
 * @param shareability NSH for the local form, ISH for IS, OSH for OS
 * @param nxs the nXS qualifier of FEAT_XS
 */
public record TlbInvalidate(
        long sequence,
        int pe,
        long instructions,
        long pc,
        ExceptionLevel el,
        TlbOperation operation,
        long operand,
        Shareability shareability,
        boolean nxs)
        implements TranslationEvent {}

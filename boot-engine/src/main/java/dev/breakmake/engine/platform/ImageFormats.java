package dev.breakmake.engine.platform;

/** Places and magic numbers of image headers. */
final class ImageFormats {

    /** Length of the arm64 Image header in bytes. */
    static final int ARM64_HEADER = 64;

    static final int ARM64_MAGIC_OFFSET = 56;

    /** {@code "ARM\x64"}. */
    static final int ARM64_MAGIC = 0x644d_5241;

    /** Page size field of the arm64 Image flags (bits 2:1): 4 KiB. */
    static final long PAGES_4K = 1;

    static final int ZIMAGE_MAGIC_OFFSET = 36;
    static final int ZIMAGE_MAGIC = 0x016f_2818;

    static final int ELF_MAGIC = 0x464c_457f;

    private ImageFormats() {}
}

package dev.breakmake.translation.rule;

/**
 * What every rule says: one section per rule with the fields title, section, explanation, compliant (steps separated by semicolons) and decision.
 * A constant and not a file in the jar, which a command that starts cold would have to open for it (docs/decisions/0800).
 */
final class RuleTexts {

    static final String ALL = """
            [BBM-OA]
            title: Output address changed without break-before-make
            section: Arm ARM D8.17.1 (RWHZWS, RDDMVT); G5.9.1.1
            explanation: A valid leaf was written while a version with another output address may be held in a TLB. The two can be used at once, in any order, and the result is unpredictable.
            compliant: store an invalid descriptor; DSB ISH; TLBI by address, broadcast; DSB ISH; store the new descriptor; DSB ISH; ISB
            decision: The architecture allows the change when neither descriptor is writable and both pages hold the same contents; contents are not part of the events, so the change is reported.

            [BBM-TYPE]
            title: Memory type, cacheability or shareability changed without break-before-make
            section: Arm ARM D8.17.1 (RWHZWS); G5.9.1.1
            explanation: A valid leaf was written while a version with other memory attributes may be held. Attributes are compared as decoded through MAIR or MemAttr; shareability counts only for cacheable Normal memory.
            compliant: store an invalid descriptor; DSB ISH; TLBI by address, broadcast; DSB ISH; store the new descriptor; DSB ISH; ISB

            [BBM-SIZE]
            title: Block and table exchanged, or block size changed, without break-before-make
            section: Arm ARM D8.17.1 (RWHZWS); D8.17.2 (RKFLJB, RPVTFW, IHYQMB)
            explanation: Entries of different sizes for the same address may be held at once, which can raise a TLB conflict abort or give a mixture of both.
            compliant: store an invalid descriptor; DSB ISH; TLBI of the whole old range, broadcast; DSB ISH; store the new descriptor; DSB ISH; ISB
            decision: A warning if the header declares FEAT_BBM level 1 or 2: the change is then allowed under conditions (nT, or conflict aborts handled) that the events do not show.

            [BBM-TBL]
            title: Table descriptor made to point to another table without break-before-make
            section: Arm ARM D8.17.1 (RWHZWS)
            explanation: Walk caches may hold the old table descriptor while memory has the new one; every leaf below may then come from either table.
            compliant: store an invalid descriptor; DSB ISH; TLBI of everything below, broadcast; DSB ISH; store the new descriptor; DSB ISH; ISB

            [BBM-CONT]
            title: Contiguous bit changed on a live group
            section: Arm ARM D8.7.1.1 (RQTRPM, IJQPNP); D8.17.2 (RKHRBC, RFCPSG)
            explanation: A TLB may hold one entry for the whole group beside an entry for one member.
            compliant: invalidate all members of the group; DSB ISH; TLBI each member, broadcast; DSB ISH; store all members anew; DSB ISH; ISB

            [BBM-CONTMIX]
            title: Members of a contiguous group disagree
            section: Arm ARM D8.7.1.1 (RNGLXZ, RJQQTC, IPGVGZ)
            explanation: Two valid members of one group differ in the contiguous bit, in attributes, or do not map adjacent memory, while at least one says contiguous. Invalid members beside contiguous ones are fine.
            compliant: invalidate all members of the group; DSB ISH; TLBI each member, broadcast; DSB ISH; store all members with the same attributes; DSB ISH; ISB

            [BBM-NG]
            title: Not-global entry made global without break-before-make
            section: Arm ARM D8.17.1 (RWHZWS)
            explanation: Not-global entries of several ASIDs may be held for the address that is now global.
            compliant: store an invalid descriptor; DSB ISH; TLBI VAAE1IS; DSB ISH; store the global descriptor; DSB ISH; ISB
            decision: Regimes with one privilege level ignore nG, so the rule is silent there.

            [BBM-SELF]
            title: The break unmaps the code, the stack or the tables that do it
            section: Arm ARM D8.17.1; no rule forbids it, the next instruction does
            explanation: An invalid descriptor was stored over the mapping of the executing instruction; the PE may fault before it can make the new mapping.
            compliant: run from an identity mapping or a second alias; break; DSB ISH; TLBI; DSB ISH; make

            [BBM-HWUPD]
            title: Plain store over a descriptor that hardware updates
            section: Arm ARM D8.5 (IGXGZY, RRTBRL)
            explanation: Where hardware manages the access flag (HA) or dirty state (HD), a plain store over a valid leaf whose flag is clear, or that has DBM, can lose an update made by a walk between the read and the store. Tables and other leaves hardware leaves alone.
            compliant: compare and swap the descriptor; or break-before-make

            [TLB-MISS]
            title: Stale translation never invalidated
            section: Arm ARM D8.17.4 (RGPPYH)
            explanation: A descriptor was replaced, no TLB invalidate covered it, and software went on: the address was used (error) or the run ended (warning) while the old translation may still be held.
            compliant: after the store: DSB ISH; TLBI by address, broadcast; DSB ISH; ISB

            [TLB-PERM]
            title: Permission revoked without an invalidate
            section: Arm ARM D8.17.4 (RGPPYH)
            explanation: A permission was taken away, which needs no break, but the old one stays usable until a TLB invalidate completes.
            compliant: after the store: DSB ISH; TLBI by address, broadcast; DSB ISH; ISB

            [TLB-DSB1]
            title: TLB invalidate without a DSB before it
            section: Arm ARM D8.17.4 (RTGVWD, RSPVBD), RDDMVT step 2
            explanation: The store that replaced the descriptor was not completed by a DSB of its own PE when the invalidate was issued: a walk may bring the old value back after it.
            compliant: store; DSB ISHST (NSHST for a local invalidate) on the storing PE; TLBI; DSB ISH

            [TLB-DSB2]
            title: TLB invalidate not completed before the address is used or mapped again
            section: Arm ARM D8.17.4 (RPSMWS, RYNJCP)
            explanation: An invalidate is finished only by a DSB of loads and stores on the PE that issued it, Inner Shareable for a broadcast one. DSB ISHST or NSH after a broadcast invalidate completes nothing.
            compliant: TLBI; DSB ISH (NSH for a local invalidate); then the new store or use

            [TLB-ISB]
            title: Changed translation used without a context synchronisation
            section: Arm ARM B2.2.5, D8.2.6.1 (RBLDZX); G5.9.1.3
            explanation: The descriptor's store was completed by a DSB, but the same PE fetched (or, without FEAT_ETS2, accessed data) through it before an ISB, exception entry or return.
            compliant: store the descriptor; DSB ISH; ISB; use

            [PTE-DSB]
            title: New translation used before a DSB completed the store of its descriptor
            section: Arm ARM D8.2.6.1; G5.9.1.3
            explanation: Without FEAT_ETS2 (and in AArch32 always) a walk is ordered after a store of the same PE only by DSB and context synchronisation. The walk may still see the old, invalid descriptor.
            compliant: store the descriptor; DSB ISHST; ISB; use
            decision: With FEAT_ETS2 data accesses of the storing PE are silent, fetches are not (Refinement 7).

            [TLB-SCOPE]
            title: Local invalidate although another PE holds the translation
            section: Arm ARM D8.17.5
            explanation: The tables are used by several PEs; the invalidate reached only the PE that issued it.
            compliant: use the Inner Shareable form of the invalidate; DSB ISH
            decision: Reported when something depends on the other PE having let go, not at the local invalidate itself (Refinement 13).

            [TLB-VA]
            title: The invalidate names another address
            section: Arm ARM D8.17.5 (IZVNJG, RLQLSD); D8.7.1.1 (IJQPNP)
            explanation: Wrong address, an address shifted by the granule instead of by 12, a hint of another level or granule, or only part of a multi-page change.
            compliant: operand VA[55:12] for every granule (MVA unshifted on AArch32), level hint 0 or exact, one invalidate per page, block or group member

            [TLB-LAST]
            title: Last-level invalidate after a table descriptor changed
            section: Arm ARM D8.17.5 (IDMCXY)
            explanation: Operations with L in their name remove leaf entries only; the stale table descriptor stays in walk caches.
            compliant: use the form without L, or the whole regime

            [TLB-REGIME]
            title: The invalidate is of another regime or stage, or undefined at this level
            section: Arm ARM D8.17.5
            explanation: VMALLE1 does not reach stage 2, ALLE1 does not reach EL2, VMALLS12E1 does not reach EL2; ALLE1 at EL1 is undefined.
            compliant: EL2: ALLE2 or VAE2; EL1&0: VMALLE1 or VAE1; stage 2: VMALLS12E1 or IPAS2E1 with VMALLE1; Hyp: TLBIALLH or TLBIMVAH

            [TLB-ID]
            title: The invalidate applied to another VMID or ASID
            section: Arm ARM D8.17.5 (RNWYRD)
            explanation: Guest TLB maintenance uses the VMID of VTTBR as of the last context synchronisation; by-ASID forms use the ASID of their operand.
            compliant: write VTTBR; ISB; TLBI; DSB ISH

            [TLB-GRAN]
            title: By-address broadcast between PEs with different granules
            section: Arm ARM D8.17.5 (RXMZFH)
            explanation: An invalidate by address is not required to work on a PE whose regime uses another granule.
            compliant: invalidate the whole regime

            [TLB-SUBTREE]
            title: Table unlinked, but only one address below it invalidated
            section: Arm ARM D8.17.5 (RVZZVZ)
            explanation: An invalidate by address removes what is required to translate that address; leaves below the table for other addresses stay.
            compliant: invalidate every address the table translated, or the whole regime

            [TLB-CONFLICT]
            title: TLB conflict answered by an invalidate by address
            section: Arm ARM D8.17.3 (RBLRKC, RGRVDR)
            explanation: After a TLB conflict abort an invalidate by address is not guaranteed to remove the conflicting entries.
            compliant: TLBI of the whole regime; DSB; ISB

            [TLB-PERF]
            title: Invalidate without anything to invalidate
            section: Arm ARM D8.17 (IWZCBG)
            explanation: Invalid descriptors are never cached: making one valid needs no invalidate.
            compliant: store the descriptor; DSB ISHST; ISB

            [REG-TTBR]
            title: Root replaced while translating through it
            section: Arm ARM D8.17.1 by analogy; G5.9.2
            explanation: The base address of the root changed with the MMU on and no change of ASID, while translations of the old tree that came through other table pages may be held. TLBs and walk caches may mix both trees; this is the replacement of live mappings, however alike the leaves are.
            compliant: jump to an identity mapping; M = 0; ISB; TLBI ALL; DSB NSH; ISB; write TTBR; ISB; M = 1; ISB
            decision: How the leaves compare is evidence and never clears the finding (Refinement 2). Silent: MMU off; the same base; a new root without any translation for the old tree's addresses, if a completed TLBI ALL stands between it and the next root.

            [REG-CACHED]
            title: Register field that TLBs cache changed without invalidating
            section: Arm ARM D8.17 (RVNRFW); G5.9.2
            explanation: TCR, MAIR, VTCR and WXN may be cached in TLB entries; entries made with the old value stay usable. The order is change, ISB, TLBI of the regime, DSB, ISB.
            compliant: write the register; ISB; TLBI ALL of the regime; DSB; ISB
            decision: Only known versions count as "held" here, unknown contents are MMU-STALE's business. WXN is a warning. Registers of a guest that a hypervisor writes from outside count only if the guest is entered under the VMID it last ran with.

            [REG-ISB]
            title: Registers of a regime not synchronised before it is turned on
            section: Arm ARM D24.1.2.2; G5.9.2
            explanation: A direct write of TTBR, TCR or MAIR takes effect at the next context synchronisation; M may become visible first.
            compliant: write MAIR, TCR, TTBR; ISB; M = 1; ISB

            [REG-TTBRFMT]
            title: Malformed root register
            section: Arm ARM D24.2 TTBR0_EL2, VTTBR_EL2; G8.2 HTTBR
            explanation: The root address is misaligned or beyond the output size, or reserved bits or an ASID are set where the regime has none.
            compliant: align the root to its size; keep RES0 bits and ASID zero

            [REG-CNP]
            title: Common-not-private set although PEs use different tables
            section: Arm ARM D8.17.7; G5.9.1.4.1
            explanation: PEs that set CnP under the same ASID and VMID promise identical tables; TLB entries may be shared between them.
            compliant: set CnP only with the same root on every PE; ISB; TLBI ALL; DSB; ISB
            decision: A change of CnP alone on a root in use is reported as well if no ISB, TLBI ALL and DSB follow: entries made with the old value may be held.

            [REG-TCR]
            title: Illegal translation control value
            section: Arm ARM D24.2 TCR_EL2, VTCR_EL2
            explanation: T0SZ out of range, granule reserved, PS larger than implemented, or SL0 that does not fit T0SZ.
            compliant: take sizes from ID_AA64MMFR0_EL1 and derive SL0 from T0SZ

            [REG-WALKATTR]
            title: Walks read the tables with other attributes than software writes them
            section: Arm ARM D8.2.10; B2.11
            explanation: Walks bypass the caches (IRGN and ORGN are Non-cacheable, or C is off) while a descriptor was stored through them and not cleaned.
            compliant: make walks cacheable, or clean every stored descriptor to the point of coherency

            [REG-EE]
            title: Walks read descriptors in another byte order than software stores them
            section: Arm ARM D24.2 SCTLR_EL2.EE
            explanation: SCTLR.EE was changed so that existing descriptors read byte-reversed. Judged for the regimes of the hypervisor; a guest may have stored its tables big-endian.
            compliant: set EE before the tables are built, with the MMU off

            [REG-WXN]
            title: WXN set while a code page in use is writable
            section: Arm ARM D8.4.4
            explanation: Once SCTLR.WXN takes effect, writable memory is not executable: the next fetch faults. A TLB may still hold the code as writable until an invalidate completes.
            compliant: remap code read-only; DSB; TLBI; DSB; ISB; set WXN; ISB; TLBI ALL; DSB; ISB

            [REG-VMID]
            title: VMID (or guest ASID) names another set of tables without an invalidate
            section: Arm ARM D8.17 (RTLJCY)
            explanation: VTTBR (or a guest TTBR) got another root under the same identifiers while entries of the old one may be held.
            compliant: TLBI VMALLS12E1IS (or ALLE1IS) under that VMID; DSB ISH; ISB; then the new root

            [REG-HCRVM]
            title: Stage 2 turned on or off under the same VMID without an invalidate
            section: Arm ARM D8.17; G5.9.1
            explanation: HCR.VM is permitted to be cached in TLB entries of its VMID.
            compliant: change HCR.VM; ISB; TLBI ALLE1; DSB; ISB; or change the VMID with it

            [MMU-STALE]
            title: MMU turned on with unknown TLB contents
            section: Arm ARM D8.17 (RVNRFW, RXQBCL); G5.9.2
            explanation: After reset, hand-over or a time with the MMU off, TLBs may hold anything until a TLBI ALL of the regime has been executed on this PE and completed by a DSB.
            compliant: TLBI ALL of the regime, local; DSB NSH; ISB; M = 1; ISB
            decision: Where the invalidate stands among the writes of tables, TTBR, TCR and MAIR does not matter while M is 0: a disabled regime adds no entries (Refinement 1). Only an invalidate of the PE itself counts: nothing orders another PE's broadcast after this PE's reset. The strict reading is the lint MMU-TLBILAST.

            [MMU-TLBILAST]
            title: TLB invalidated before the last register change
            section: Arm ARM D8.17 (RVNRFW), strict reading
            explanation: The invalidate before M = 1 precedes a write of TTBR, TCR or MAIR. Harmless by Refinement 1, but simpler to argue about the other way round.
            compliant: write MAIR, TCR, TTBR; ISB; TLBI ALL; DSB NSH; ISB; M = 1; ISB

            [MMU-IDPC]
            title: MMU toggled outside an identity mapping
            section: Arm ARM D8.1; B2.7.4
            explanation: Around the write of SCTLR.M instructions are fetched under both translations; the address must translate to itself.
            compliant: branch to an identity mapping; toggle M; ISB; branch away

            [MMU-IDX]
            title: Identity mapping not executable once the MMU is on
            section: Arm ARM D8.4
            explanation: The instruction after the enable is fetched through a mapping that is execute-never, or writable under WXN.
            compliant: map the identity page read-only and executable

            [MMU-STACK]
            title: Data accessed between MMU toggles through an address that is no identity
            section: Arm ARM D8.1; B2.10
            explanation: With the MMU off an access goes to the physical address equal to the pointer and past the data cache; a stack or variable at a virtual address is not there.
            compliant: keep everything in registers between the toggles

            [MMU-DSB]
            title: Tables not complete when the MMU goes on
            section: Arm ARM D8.2.6.1; G5.9.1.3
            explanation: A descriptor the PE will walk was stored and no DSB completed the store before M = 1.
            compliant: store the tables; DSB NSH (ISH if another PE stored them); M = 1; ISB

            [LAY-IDCLASH]
            title: Identity mapping clashes with a runtime region
            section: layout rule; Arm ARM D8.17.1 for the consequence
            explanation: The identity range of the image lies where a runtime region has another physical address, or shares a table with it so that one replaces the other.
            compliant: keep the identity range free of runtime regions, or use a temporary mapping

            [LAY-OVERLAP]
            title: Declared regions overlap
            section: layout rule
            explanation: Two named regions share addresses.
            compliant: define every region from the end of the one before

            [LAY-OVERMAP]
            title: Mapping covers memory outside its object
            section: layout rule; Arm ARM B2.11 for Normal mappings of what is no RAM
            explanation: A Normal cacheable mapping covers physical addresses that are no RAM of the machine: speculation may read or fetch there.
            compliant: end the mapping where the RAM ends

            [LAY-ALIAS]
            title: Unwanted alias through a shared table
            section: layout rule
            explanation: A table page is linked at two input addresses of one root, so that each mapping below it exists twice.
            compliant: give every range its own table

            [LAY-IDLEFT]
            title: Identity mapping left in live tables
            section: layout rule
            explanation: At the end of the run the live root still maps the image, executable, at its physical address beside its runtime address.
            compliant: remove the identity mapping once no PE is coming up; DSB ISH; TLBI, broadcast; DSB ISH

            [CMO-PTOFF]
            title: Table written with caches off and not invalidated before cacheable walks
            section: Arm ARM B2.10, D7.5; arm64 boot protocol
            explanation: The data cache may hold an older, clean copy of a line that was stored to past the caches; a cacheable walk hits that copy.
            compliant: store the tables with caches off; DSB SY; DC IVAC (or CIVAC) over them; DSB SY; TLBI ALL; DSB NSH; ISB; M = 1; ISB
            decision: An error on the boot PE. On a PE that comes up later a warning: a line that was absent may only have come back by speculation (Refinement 12).

            [CMO-PRE]
            title: Memory written past the caches while a dirty line may exist
            section: Arm ARM B2.10; boot protocols
            explanation: Where the boot protocol does not exclude dirty lines, an eviction may overwrite what was stored with caches off.
            compliant: DC IVAC the range before writing it with caches off
            decision: Silent inside the image of the arm64 protocol, a warning elsewhere (Refinement 12).

            [CMO-MBOX]
            title: Value read past the caches but not cleaned after its last store
            section: Arm ARM B2.10; D7.5
            explanation: An agent with caches off reads memory while the value is still only in a data cache, or the wrong address was cleaned.
            compliant: store the value; DC CVAC of its line; DSB SY; then start the agent

            [CMO-RANGE]
            title: Cache maintenance misses part of what it is for
            section: Arm ARM D7.5.9; XSA-437, XSA-447
            explanation: A clean or invalidate of a range leaves out lines of the object, or wraps around.
            compliant: round the start down and the end up to the line size of CTR_EL0

            [CMO-SW]
            title: Set/way maintenance while MMUs are on
            section: Arm ARM D7.5.9.4
            explanation: Set/way operations guarantee nothing while lines can migrate between caches.
            compliant: maintain by address to the point of coherency

            [CMO-ATTR]
            title: Cacheability lowered without cleaning and invalidating
            section: Arm ARM B2.11; G5.9.1
            explanation: A location mapped cacheable became Non-cacheable or Device while dirty lines of it may exist; an eviction can overwrite later stores.
            compliant: break; DSB ISH; TLBI; DSB ISH; DC CIVAC over the range; DSB SY; make

            [CMO-MISMATCH]
            title: Mismatched attributes for one physical address
            section: Arm ARM B2.11
            explanation: Two live mappings of one physical address differ in memory type, cacheability or shareability.
            compliant: map memory with the same attributes everywhere, or maintain caches between uses

            [CMO-ICACHE]
            title: Code stored and executed without making instruction fetch coherent
            section: Arm ARM B2.7.4.2
            explanation: An instruction line was stored to and fetched from without DC CVAU, DSB, IC IVAU (or IALLU), DSB, ISB, in that order; a PE that did not do the maintenance itself needs a context synchronisation of its own after it.
            compliant: store; DC CVAU; DSB ISH; IC IVAU; DSB ISH; ISB

            [CMO-DCIVACRO]
            title: DC IVAC through a read-only mapping
            section: Arm ARM D24.5 DC IVAC
            explanation: DC IVAC needs write permission and takes a permission fault without it.
            compliant: use DC CIVAC, or a writable alias

            [ENC-L0BLK]
            title: Block descriptor at level 0
            section: Arm ARM D8.3.1
            explanation: Level 0 holds table descriptors only; the encoding is reserved and faults.
            compliant: use level 1 blocks

            [ENC-L3-01]
            title: Reserved descriptor at level 3
            section: Arm ARM D8.3.1
            explanation: A level 3 descriptor with bits [1:0] = 0b01 is reserved and faults; pages are 0b11.
            compliant: set bit 1 of a page descriptor

            [ENC-OA]
            title: Illegal output address
            section: Arm ARM D8.3.1; D8.2.9
            explanation: The address lies beyond PS or the implemented size, or reserved address bits are set.
            compliant: align addresses to the size of the leaf and keep them below 2^PS

            [ENC-BLKSZ]
            title: Block at a level the granule does not allow
            section: Arm ARM D8.3.1
            explanation: With the 16 KiB granule blocks exist at level 2 only, with 64 KiB at level 2 (level 1 with FEAT_LPA).
            compliant: use a level that has blocks

            [ENC-AF]
            title: Access flag clear without hardware management
            section: Arm ARM D8.4.6
            explanation: The first access takes an Access flag fault, which a hypervisor's own mappings do not expect.
            compliant: set AF in every leaf

            [ENC-TBLIGN]
            title: Ignored bits set in a table descriptor
            section: Arm ARM D8.3.1
            explanation: Bits that walks ignore in table descriptors are set; a later architecture may give them a meaning.
            compliant: keep ignored bits zero

            [ENC-HI]
            title: Reserved upper bits set
            section: Arm ARM D8.3.1
            explanation: Bits [51:48] of a descriptor are reserved without 52-bit addresses; set bits hint at a stray upper half.
            compliant: build descriptors from masked addresses

            [ENC-AP1]
            title: AP[1] clear in a regime with one privilege level
            section: Arm ARM D8.4.1
            explanation: AP[1] is RES1 in EL2 and Hyp mode.
            compliant: set AP[1]

            [ENC-WX]
            title: Mapping both writable and executable
            section: Arm ARM D8.4.4
            explanation: A leaf allows stores and fetches at once.
            compliant: split code and data; set WXN
            decision: A warning only once WXN is not relied on; before the first WXN it is expected of boot maps and reported as lint (Refinement 16).

            [ENC-XDEV]
            title: Device memory executable
            section: Arm ARM B2.10.2; D8.4
            explanation: Speculative instruction fetches may reach a device with read side effects.
            compliant: set XN in every Device leaf

            [ENC-EXECXN]
            title: Fetch from an execute-never mapping
            section: Arm ARM D8.4
            explanation: An instruction was fetched through a leaf that is execute-never.
            compliant: map code executable

            [ENC-SHNC]
            title: Normal Non-cacheable memory not Outer Shareable
            section: Arm ARM G5.7.4
            explanation: ARMv7 implementations treat other encodings differently; Outer Shareable is the portable one.
            compliant: encode SH = 0b10 for Non-cacheable Normal memory

            [ENC-ATTRIDX]
            title: AttrIndx selects a reserved attribute
            section: Arm ARM D24.2 MAIR_EL2
            explanation: The MAIR byte the leaf selects is a reserved encoding: the memory type is unpredictable.
            compliant: select an attribute that is programmed

            [ENC-S2ENC]
            title: Reserved stage 2 attribute encoding
            section: Arm ARM D8.6.5
            explanation: MemAttr or SH of a stage 2 leaf is a reserved encoding.
            compliant: use a defined MemAttr encoding for the FWB setting

            [ENC-NS]
            title: NS bit set outside Secure state
            section: Arm ARM D8.3.1
            explanation: NS is ignored in Non-secure regimes.
            compliant: keep NS zero

            [PTE-ATOM]
            title: Live descriptor not stored by one 64-bit single-copy atomic access
            section: Arm ARM B2.2.1; E2.2.1
            explanation: A walk may see half of the new descriptor. On AArch32 only 8-byte aligned STRD, STREXD (with LPAE) are 64-bit single-copy atomic.
            compliant: store the descriptor with one aligned 64-bit store
            decision: Silent if the intermediate value differs in software bits only, or if the table is not live (Refinement 17).

            [LIFE-WALK]
            title: Table page reused while a walk may still come to it
            section: Arm ARM D8.17.1; D8.2.6
            explanation: The page was unlinked, but a cached table descriptor may still lead walks into it; what is written there now is read as descriptors.
            compliant: unlink; DSB ISH; TLBI of everything the table translated, broadcast; DSB ISH; then reuse the page

            [LIFE-DATA]
            title: Page freed while a translation to it may be held
            section: Arm ARM D8.17.4 (RGPPYH)
            explanation: Memory was given back although a TLB may still map it.
            compliant: unmap; DSB ISH; TLBI, broadcast; DSB ISH; then free

            [LIFE-INIT]
            title: Table linked before its initialisation is ordered
            section: Arm ARM B2.3; D8.2.6
            explanation: No barrier of the storing PE orders the contents of a new table before the descriptor that links it: a walk may read the page's old contents.
            compliant: initialise the table; DSB ISHST (or DMB ISHST); link it

            [LIFE-DUP]
            title: Table page linked twice at different addresses
            section: lifetime rule
            explanation: One table page serves two input ranges; a change for one range changes the other.
            compliant: give every range its own table
            decision: The same page at the same input address in several roots is silent (Refinement 15).

            [LIFE-LOCK]
            title: Concurrent unsynchronised updates of one tree
            section: lifetime rule
            explanation: Two PEs update a tree whose lock, declared by the trace, neither or only one of them holds.
            compliant: take the lock of the tree around updates

            [S2-SEQ]
            title: Stage 2 invalidated by IPA without the stage 1 part
            section: Arm ARM D8.17.5 (ICKZGP, RVZZVZ)
            explanation: Invalidates by IPA need not remove entries that combine both stages; those need VMALLE1 after a DSB, even while stage 1 is off.
            compliant: store; DSB ISH; TLBI IPAS2E1IS; DSB ISH; TLBI VMALLE1IS; DSB ISH; ISB
            decision: VMALLS12E1 or ALLE1 alone suffices (Refinement 18). Invalidating stage 1 by VA is accepted only if all addresses are known, which events do not show: it does not count.

            [S2-CTX]
            title: Guest context changed and used without a context synchronisation
            section: Arm ARM D8.17.5; G5.9.3
            explanation: VTTBR or VTCR was written and a TLBI or AT instruction that depends on it executed before an ISB.
            compliant: write VTTBR; ISB; TLBI or AT

            [S2-CPU]
            title: Same VMID run on a PE after another virtual CPU with other stage 1 tables
            section: Arm ARM D8.17.5 HCR_EL2.FB
            explanation: Guest operating systems invalidate locally what is private to a CPU; after a migration entries of another virtual CPU remain unless FB is set or the hypervisor invalidates locally.
            compliant: set HCR_EL2.FB, or TLBI VMALLE1; DSB NSH when another virtual CPU of the VM enters

            [S2-DEFER]
            title: Invalidate deferred past the release of the page
            section: Arm ARM D8.17.4 (RGPPYH)
            explanation: A stage 2 mapping was removed, and its page or table was given back before the deferred invalidate completed.
            compliant: complete the invalidate before the page is freed

            [S2-CONC]
            title: Concatenated root not fully covered
            section: Arm ARM D8.2.2
            explanation: A page of a concatenated stage 2 root is used for something else, or the root is not aligned to all its pages.
            compliant: allocate and align all pages of the root together

            [S2-IOMMU]
            title: Table shared with a device not cleaned, or memory freed while the device may reach it
            section: Arm ARM B2.10; SMMU architecture (IHI 0070), TLB invalidation and synchronisation
            explanation: A device that walks the stage 2 tables without snooping data caches reads memory: a descriptor that is still in a cache is not seen by it. Its own TLB keeps what it read until it is invalidated, whatever the PEs invalidate.
            compliant: store the descriptor; DC CVAC of its line; DSB SY; invalidate the device's TLB and wait for it; then free the page
            decision: Devices are known by the hints DEVICE_TABLE and DEVICE_FLUSHED of a trace; without them nothing is judged (no backend has a device that walks).

            [A32-ASM]
            title: Instruction-only or data-only TLB invalidate
            section: Arm ARM G5.9.1 (note), G5.9.4
            explanation: ITLBI and DTLBI operations do not invalidate unified TLBs as a whole and never those of Hyp mode.
            compliant: use TLBIALLH, TLBIMVAH or the unified guest forms

            [A32-V7OP]
            title: TLB operation that ARMv7 does not have
            section: Arm ARM G5.9.4 (IFSWKY)
            explanation: Last-level and by-IPA operations exist from ARMv8 on.
            compliant: use TLBIMVAH, TLBIALLNSNH

            [A32-HIWORD]
            title: Address bits above 32 in an invalidate for an AArch32 guest
            section: Arm ARM D8.17.5 (RFGPTT)
            explanation: An AArch64 hypervisor invalidates by address in the EL1&0 regime of a guest that runs in AArch32 (HCR_EL2.RW is 0), and the operand names address bits [55:32], which must be zero.
            compliant: operand VA[31:12] in bits [19:0], zeros above

            [A32-LVL]
            title: Root of the wrong shape for T0SZ
            section: Arm ARM G5.5.5
            explanation: Hyp tables with T0SZ below 2 start at level 1 with up to four entries, 32-byte aligned; others start at level 2.
            compliant: derive level and alignment from T0SZ
            decision: T0SZ = 0 gives level 1 with 4 entries and x = 5; T0SZ >= 2 gives level 2 with x = 14 - T0SZ (Refinement 17); a misaligned root is reported as REG-TTBRFMT.

            [A32-PERCPU]
            title: Shared part of per-PE tables invalidated locally
            section: Arm ARM G5.9.1
            explanation: Per-PE roots link common sub-tables; a change in those concerns every PE.
            compliant: broadcast the invalidate for the shared part; local for private entries

            [SMP-BOOTPT]
            title: Boot tables rewritten while another PE can walk them
            section: Arm ARM D8.17.1
            explanation: A PE that comes up rebuilt tables that another PE has in use or may still hold.
            compliant: give every PE its own boot tables, or let them enter on the runtime tables

            [SMP-IDMAP]
            title: Identity mapping kept in shared tables
            section: layout rule
            explanation: The identity mapping is needed while a PE is coming up only; it stayed in tables that all PEs use.
            compliant: map before CPU_ON; remove after the PE is online; DSB ISH; TLBI, broadcast; DSB ISH
            """;

    private RuleTexts() {}
}

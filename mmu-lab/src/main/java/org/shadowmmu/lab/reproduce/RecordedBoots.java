package org.shadowmmu.lab.reproduce;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.shadowmmu.engine.event.Counter;
import org.shadowmmu.engine.memory.HostMemory;
import org.shadowmmu.engine.memory.Memslot;
import org.shadowmmu.engine.shadow.MmuOptions;
import org.shadowmmu.engine.vm.VirtualMachine;
import org.shadowmmu.lab.BadInputException;
import org.shadowmmu.lab.trial.EngineMachine;
import org.shadowmmu.lab.trial.ShadowEngineMachine;
import org.shadowmmu.lab.workload.EntryKind;
import org.shadowmmu.lab.workload.PassingVisitor;
import org.shadowmmu.lab.workload.Region;
import org.shadowmmu.lab.workload.ShadowReplay;
import org.shadowmmu.lab.workload.StreamCatalog;
import org.shadowmmu.lab.workload.StreamFile;
import org.shadowmmu.lab.workload.StreamReplay;
import org.shadowmmu.lab.workload.StreamSurvey;
import org.shadowmmu.lab.workload.StreamSurveyor;
import org.shadowmmu.lab.workload.StreamVisitor;

/**
 * Replays recorded guests, with their slot changes, on machines that no experiment file describes. Any thread may ask; what
 * is found out about a stream beforehand is found out once.
 */
final class RecordedBoots {
    /** How the host backs guest memory. */
    enum Memory {
        /** Nothing is there before the guest touches it, then 4 KiB pages: a hypervisor that does not preallocate. */
        FRESH_SMALL(false, true),
        /** The same with transparent huge pages wherever alignment allows. */
        FRESH_HUGE(true, true),
        /** All of it present in 4 KiB pages from the start. */
        PRESENT_SMALL(false, false),
        /** All of it present in huge pages from the start. */
        PRESENT_HUGE(true, false);

        private final boolean huge;
        private final boolean fresh;

        Memory(boolean huge, boolean fresh) {
            this.huge = huge;
            this.fresh = fresh;
        }
    }

    private final StreamCatalog streams;
    private final Map<String, StreamSurvey> surveys = new ConcurrentHashMap<>();
    private final Map<String, Set<Place>> readFirst = new ConcurrentHashMap<>();

    RecordedBoots(StreamCatalog streams) {
        this.streams = streams;
    }

    /** The file of a stream. */
    Path file(String stream) {
        Path file = streams.find(stream);
        if (file == null) {
            throw new BadInputException(
                    "The recorded stream " + stream + " is not in data/streams, neither here nor above:"
                            + " run the command inside the project or the distribution.");
        }
        return file;
    }

    /** What one pass over a stream tells. */
    StreamSurvey survey(String stream) {
        return surveys.computeIfAbsent(stream, name -> StreamSurveyor.survey(file(name)));
    }

    /** Replays a stream to its end; returns the machine as it is then. */
    VirtualMachine replay(Bench bench, String stream, MmuOptions options, Memory memory) {
        return replay(bench, stream, options, memory, machine -> {}, UnaryOperator.identity());
    }

    /**
     * Replays a stream to its end.
     *
     * @param prepare sees the machine before the first record
     * @param around stands between the reader and the replay
     */
    VirtualMachine replay(
            Bench bench,
            String stream,
            MmuOptions options,
            Memory memory,
            Consumer<VirtualMachine> prepare,
            UnaryOperator<StreamVisitor> around) {
        StreamSurvey survey = survey(stream);
        EngineMachine machine = EngineMachine.upstream(options, survey.vcpus());
        StreamReplay replay = new StreamReplay(machine, survey, memory.huge, Region.WHOLE, count -> {});
        if (memory.fresh) {
            for (int id = 0; id < survey.blocks().size(); id++) {
                machine.machine()
                        .host()
                        .discard(
                                machine.machine().host().backing(id),
                                0,
                                survey.blocks().get(id).pages());
            }
        }
        if (memory.fresh) {
            HostMemory host = machine.machine().host();
            for (Place place : readFirst(stream)) {
                host.faultIn(host.backing(place.backing()), place.page(), true);
            }
        }
        bench.metered(machine.machine());
        prepare.accept(machine.machine());
        replay.run(new StreamFile(file(stream)), around);
        return machine.machine();
    }

    /** Replays a stream with virtual addresses under shadow paging, on memory that is all present. */
    VirtualMachine replayShadow(Bench bench, String stream, MmuOptions options) {
        ShadowEngineMachine machine =
                ShadowEngineMachine.upstream(options, survey(stream).vcpus());
        bench.metered(machine.machine());
        new ShadowReplay(machine, survey(stream), false, Region.WHOLE, count -> {}).run(new StreamFile(file(stream)));
        return machine.machine();
    }

    /** Faults beyond the first on pages outside every slot: SMRAM, which replays seek in the normal address space. */
    long repeatedFaultsOutsideMemory(Bench bench, String stream) {
        Set<Long> outside = new HashSet<>();
        VirtualMachine[] machine = new VirtualMachine[1];
        Consumer<VirtualMachine> keep = made -> machine[0] = made;
        replay(bench, stream, MmuOptions.withTdpMmu(), Memory.PRESENT_HUGE, keep, next -> new PassingVisitor(next) {
            @Override
            public void access(EntryKind kind, long gfn) {
                if (machine[0].core().memslots.find(0, gfn) == null) {
                    outside.add(gfn);
                }
                super.access(kind, gfn);
            }
        });
        return machine[0].counters().get(Counter.PF_EMULATE) - outside.size();
    }

    /** A page of a RAM block. */
    private record Place(int backing, long page) {}

    /**
     * The pages that the guest reads before it writes them. Somebody else wrote them: the loader of kernel and initramfs, or
     * a device, whose writes are not in a stream.
     */
    private Set<Place> readFirst(String stream) {
        return readFirst.computeIfAbsent(stream, this::findReadFirst);
    }

    private Set<Place> findReadFirst(String stream) {
        Set<Place> written = new HashSet<>();
        Set<Place> read = new LinkedHashSet<>();
        EngineMachine machine =
                EngineMachine.upstream(MmuOptions.withTdpMmu(), survey(stream).vcpus());
        StreamReplay replay = new StreamReplay(machine, survey(stream), true, Region.WHOLE, count -> {});
        replay.run(new StreamFile(file(stream)), next -> new PassingVisitor(next) {
            @Override
            public void access(EntryKind kind, long gfn) {
                Memslot slot = machine.machine().core().memslots.find(0, gfn);
                if (slot != null) {
                    Place place = new Place(slot.backing().id(), slot.hostPage(gfn));
                    boolean reads = kind == EntryKind.READ || kind == EntryKind.FETCH;
                    if (reads && !written.contains(place)) {
                        read.add(place);
                    } else if (!reads && !read.contains(place)) {
                        written.add(place);
                    }
                }
                super.access(kind, gfn);
            }
        });
        return read;
    }
}

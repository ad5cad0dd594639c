package org.shadowmmu.api.testing;

import java.util.ArrayList;
import java.util.List;
import org.shadowmmu.api.PageVisitor;
import org.shadowmmu.api.ShadowPageView;

/** A shadow page made of plain fields, to be set as a test needs them. */
public final class FakePage implements ShadowPageView {
    private final int id;
    private final int level;
    private final long creationNumber;
    private final List<FakePage> parents = new ArrayList<>();
    private final List<FakePage> children = new ArrayList<>();
    private boolean guestMode;
    private int rootCount;

    /** Makes a page that shadows nothing and serves no nested guest. */
    public FakePage(int id, int level, long creationNumber) {
        this.id = id;
        this.level = level;
        this.creationNumber = creationNumber;
    }

    /** Makes it serve a nested guest. */
    public FakePage nested() {
        guestMode = true;
        return this;
    }

    /** Sets the number of root slots that hold it. */
    public FakePage rootCount(int count) {
        rootCount = count;
        return this;
    }

    void link(FakePage child) {
        children.add(child);
        child.parents.add(this);
    }

    void unlink(FakePage child) {
        children.remove(child);
        child.parents.remove(this);
    }

    List<FakePage> parents() {
        return List.copyOf(parents);
    }

    List<FakePage> children() {
        return List.copyOf(children);
    }

    @Override
    public int id() {
        return id;
    }

    @Override
    public long gfn() {
        return 0x1000 + id;
    }

    @Override
    public int roleWord() {
        return level;
    }

    @Override
    public int level() {
        return level;
    }

    @Override
    public boolean direct() {
        return !guestMode;
    }

    @Override
    public boolean guestMode() {
        return guestMode;
    }

    @Override
    public int rootCount() {
        return rootCount;
    }

    @Override
    public int parentCount() {
        return parents.size();
    }

    @Override
    public void visitParents(PageVisitor visitor) {
        parents.forEach(visitor::visit);
    }

    @Override
    public void visitChildren(PageVisitor visitor) {
        children.forEach(visitor::visit);
    }

    @Override
    public int presentEntries() {
        return children.size();
    }

    @Override
    public int accessedEntries() {
        return 0;
    }

    @Override
    public boolean unsync() {
        return false;
    }

    @Override
    public int unsyncChildren() {
        return 0;
    }

    @Override
    public int generation() {
        return 0;
    }

    @Override
    public long creationNumber() {
        return creationNumber;
    }

    @Override
    public String toString() {
        return "page " + id + " of level " + level;
    }
}

/** What the guest's memory is made of: memslots, dirty bitmaps, host backing, contents. */
@NullMarked
package org.shadowmmu.engine.memory;

import org.jspecify.annotations.NullMarked;

/** Shadow pages: role, SPTE, the table of pages, reverse maps and parent lists. */
@NullMarked
package org.shadowmmu.engine.shadow;

import org.jspecify.annotations.NullMarked;

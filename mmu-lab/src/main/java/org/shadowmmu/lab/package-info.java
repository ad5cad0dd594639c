/** The application around the engine: what every package of it may say to the user. */
@NullMarked
package org.shadowmmu.lab;

import org.jspecify.annotations.NullMarked;

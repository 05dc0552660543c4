/** What can go wrong, in words that a user can act on. */
package org.stablevideo.problem;

/** What this browser keeps of the page: sounds, edits and settings, in IndexedDB. */

const NAME = 'timbrush';
const VERSION = 1;

/** @typedef {'sounds' | 'edits' | 'settings'} Store */

/** @type {Store[]} */
const STORES = ['sounds', 'edits', 'settings'];

/** Every method fails if the browser keeps nothing, as some do in private windows. */
export class Database {
  #opened = this.#open();

  /**
   * @param {Store} store
   * @param {string} key
   * @returns {Promise<any>} Undefined if nothing is kept under that key.
   */
  async get(store, key) {
    const database = await this.#opened;
    return result(database.transaction(store).objectStore(store).get(key));
  }

  /** @param {Store} store @returns {Promise<any[]>} All that is kept in it. */
  async all(store) {
    const database = await this.#opened;
    return result(database.transaction(store).objectStore(store).getAll());
  }

  /**
   * Keeps values, all or none.
   *
   * @param {[Store, string, unknown][]} entries Store, key and value.
   */
  put(entries) {
    return this.#write((stores) => {
      for (const [store, key, value] of entries) stores(store).put(value, key);
    });
  }

  /** @param {[Store, string][]} entries Store and key of what is forgotten, all or none. */
  remove(entries) {
    return this.#write((stores) => {
      for (const [store, key] of entries) stores(store).delete(key);
    });
  }

  /** @param {(stores: (store: Store) => IDBObjectStore) => void} work */
  async #write(work) {
    const transaction = (await this.#opened).transaction(STORES, 'readwrite');
    const done = new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onabort = () => reject(transaction.error);
    });
    work((store) => transaction.objectStore(store));
    await done;
  }

  /** @returns {Promise<IDBDatabase>} */
  async #open() {
    const request = indexedDB.open(NAME, VERSION);
    request.onupgradeneeded = () => {
      for (const store of STORES) request.result.createObjectStore(store);
    };
    return result(request);
  }
}

/**
 * @template T
 * @param {IDBRequest<T>} request
 * @returns {Promise<T>}
 */
function result(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

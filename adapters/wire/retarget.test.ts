import test from 'ava';
import { retarget } from './retarget.ts';

const leads = test.macro<[string, string, string, string]>({
  exec(t, path, url, target, wanted) {
    t.is(retarget({ path, iis: true }, `http://legacy${url}`)(target), wanted);
  },
  title: (_, path, url, target) => `${target} of ${path} at ${url || 'a url without path'}`,
});
test(leads, '/Orders.svc', '', '/ORDERS.svc//%41?x', '/ORDERS.svc//%41?x');
test(leads, '/Orders.svc', '/orders.SVC/', '/ORDERS.svc/ws', '/ORDERS.svc/ws');
test(leads, '/orders', '/App/Orders.svc', '/ORDERS?wsdl', '/App/Orders.svc?wsdl');
test(leads, '/orders', '/App/Orders.svc', '/orders/a%2Fb', '/App/Orders.svc/a%2Fb');
test(leads, '/orders', '/App/Orders.svc', '/%6Frder%73%2fws', '/App/Orders.svc%2fws');
test(leads, '/my%20orders', '/App', '/my%20%6frders/x', '/App/x');
test(leads, '/orders', '/App', 'http://gw.example/orders/x', '/App/x');

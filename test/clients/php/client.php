<?php
// A PHP caller: SoapClient with a WSDL.
//
//   php client.php URL WSDL CLIENT-ID IDS REF      one line of JSON a call. `-`: no id header, no writes.
[, $url, $wsdl, $clientId, $ids, $reference] = $argv;
const CONTRACT = 'http://contoso.example/orders';

ini_set('default_socket_timeout', '20');
$client = new SoapClient($wsdl, [
    'location' => $url,
    'cache_wsdl' => WSDL_CACHE_NONE,
    'features' => SOAP_SINGLE_ELEMENT_ARRAYS,
]);
if ($clientId !== '-') $client->__setSoapHeaders(new SoapHeader(CONTRACT, 'ClientId', $clientId));

/** Members of an array type: null stays null, an empty one has no member at all. */
function listOf(?object $array, string $item, callable $plain): ?array
{
    return $array === null ? null : array_map($plain, $array->$item ?? []);
}

function text(mixed $value): ?string
{
    return $value === null ? null : (string) $value;
}

function line(object $line): array
{
    return ['Price' => text($line->Price), 'Quantity' => $line->Quantity, 'Sku' => $line->Sku];
}

function order(object $order): array
{
    return [
        'Amount' => text($order->Amount),
        'Customer' => $order->Customer,
        'Id' => $order->Id,
        'Lines' => listOf($order->Lines, 'OrderLine', 'line'),
        'Note' => $order->Note,
        'Number' => text($order->Number),
        'Placed' => $order->Placed,
        'Serial' => text($order->Serial),
        'ShippedAt' => $order->ShippedAt,
        'Status' => $order->Status,
        'Tags' => listOf($order->Tags, 'string', fn($tag) => $tag),
    ] + (property_exists($order, 'Channel') ? ['Channel' => $order->Channel] : []);
}

function receipt(object $receipt): array
{
    return ['ClientRef' => $receipt->ClientRef, 'Number' => text($receipt->Number), 'Status' => $receipt->Status, 'Total' => text($receipt->Total)];
}

function faultOf(SoapFault $fault): array
{
    $type = isset($fault->detail) ? array_key_first(get_object_vars($fault->detail)) : null;
    $detail = $type === null ? null : array_map('text', get_object_vars($fault->detail->$type));
    return ['type' => $type, 'code' => $fault->faultcode, 'message' => $fault->faultstring, 'detail' => $detail];
}

function call(string $name, callable $call): void
{
    $line = ['call' => $name];
    try {
        $line['value'] = $call();
    } catch (SoapFault $fault) {
        $line['fault'] = faultOf($fault);
    }
    echo json_encode($line, JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES | JSON_THROW_ON_ERROR), "\n";
}

function orders(object $response): ?array
{
    return listOf($response->ListOrdersResult, 'Order', 'order');
}

call('Ping()', fn() => $client->Ping()->PingResult);
foreach (explode(',', $ids) as $id)
    call("GetOrder($id)", fn() => order($client->GetOrder(['orderId' => $id])->GetOrderResult));
call('ListOrders(C0007, null, 3)', fn() => orders($client->ListOrders(['customer' => 'C0007', 'status' => null, 'max' => 3])));
call('ListOrders(null, Paid, 2)', fn() => orders($client->ListOrders(['customer' => null, 'status' => 'Paid', 'max' => 2])));
call('ListOrders(nobody, null, 5)', fn() => orders($client->ListOrders(['customer' => 'nobody', 'max' => 5])));
if ($reference === '-') exit;

$lines = ['OrderLine' => [
    ['Price' => '1.10', 'Quantity' => 3, 'Sku' => 'SKU-1'],
    ['Price' => '9007199254740993.123400', 'Quantity' => 1, 'Sku' => '<&>'],
]];
$order = ['ClientRef' => $reference, 'CustomerCode' => 'C0007', 'Lines' => $lines, 'Note' => 'ü'];
call('PlaceOrder(two lines)', fn() => receipt($client->PlaceOrder(['order' => $order])->PlaceOrderResult));
call('PlaceOrder(no lines)', fn() => receipt($client->PlaceOrder(['order' => ['Lines' => []] + $order])->PlaceOrderResult));
call('CancelOrder(3)', function () use ($client) { $client->CancelOrder(['orderId' => 3, 'reason' => 'changed our mind']); });
call('CancelOrder(900001)', function () use ($client) { $client->CancelOrder(['orderId' => 900001, 'reason' => null]); });
call('NotifyShipment(3)', fn() => $client->NotifyShipment(['orderId' => 3, 'shippedAt' => '2024-05-06T07:08:09Z', 'carrier' => 'ship & co']));
